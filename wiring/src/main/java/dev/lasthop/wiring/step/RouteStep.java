package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import java.util.List;

/** Changes of the routing tables. */
public sealed interface RouteStep extends Step {
    RouteTo route();

    /** Fails if there is such a route already. */
    record Add(Place place, RouteTo route) implements RouteStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip(line(route, "add")));
        }

        @Override
        public List<Step> undo(Places places) {
            return Routes.matching(places.at(place), route).isEmpty() ? List.of(new Delete(place, route)) : List.of();
        }

        @Override
        public void apply(Places places) {
            Routes.add(places, this);
        }
    }

    /** Takes the place of the route to the same prefix with the same metric, if there is one. */
    record Replace(Place place, RouteTo route) implements RouteStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip(line(route, "replace")));
        }

        @Override
        public List<Step> undo(Places places) {
            return Routes.undoReplace(places.at(place), this);
        }

        @Override
        public void apply(Places places) {
            Routes.replace(places, this);
        }
    }

    /** Deletes the first route that this describes. */
    record Delete(Place place, RouteTo route) implements RouteStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip(line(route, "del")));
        }

        @Override
        public List<Step> undo(Places places) {
            return Routes.matching(places.at(place), route).stream()
                    .limit(1)
                    .<Step>map(before -> new Replace(place, before))
                    .toList();
        }

        @Override
        public void apply(Places places) {
            Routes.delete(places, this);
        }
    }

    /** The routes of a namespace that a deletion of {@code route} could mean. */
    static List<RouteTo> matching(Site site, RouteTo route) {
        return Routes.matching(site, route);
    }

    private static String line(RouteTo route, String verb) {
        return (route.family() == Family.IPV6 ? "-6 " : "") + "route " + verb + " " + route;
    }
}
