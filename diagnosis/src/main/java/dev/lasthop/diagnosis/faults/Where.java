package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RouteTo;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** From what the snapshot says to what a step takes: where a remedy is applied, which route it is about. */
final class Where {
    private Where() {}

    /** The namespace that an interface of the path is in. */
    static Place of(dev.lasthop.path.Place place) {
        return Place.parse(place.namespaceName());
    }

    /** A route as it stands, for a step that deletes or replaces it. */
    static RouteTo route(Dossier dossier, long namespace, Route route) {
        RouteTo to = new RouteTo(
                route.type(),
                route.destination(),
                route.table(),
                route.priority() == 0 ? OptionalLong.empty() : OptionalLong.of(route.priority()),
                route.nextHops().stream()
                        .map(hop -> new RouteTo.NextHop(
                                hop.gateway(),
                                name(dossier, namespace, hop),
                                hop.weight(),
                                (hop.flags() & Route.NextHop.ONLINK) != 0))
                        .toList(),
                route.preferredSource(),
                route.mtu(),
                route.protocol(),
                OptionalInt.empty());
        return route.nextHopId().isPresent() ? to.byNextHop(route.nextHopId().getAsInt()) : to;
    }

    /** A route to one address alone. */
    static RouteTo host(dev.lasthop.address.IpAddress address) {
        return RouteTo.prefix(Prefix.of(address));
    }

    private static Optional<String> name(Dossier dossier, long namespace, Route.NextHop hop) {
        return dossier.namespace(namespace)
                .flatMap(state -> state.link(hop.link()))
                .map(Link::name);
    }
}
