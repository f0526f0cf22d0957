package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Place;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.RouteTo;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The route that a router of the way has to have for the reply: to the network of the sender, by way of whoever handed it the request.
 *
 * @param link that the request came in by
 */
record WayBack(Place link, RouteTo route) {

    static Optional<WayBack> at(Dossier dossier, long namespace) {
        List<Passage> passages = dossier.prediction().request().passages();
        int in = -1;
        for (int i = 0; i < passages.size() && in < 0; i++) {
            Hop hop = passages.get(i).hop();
            if (hop.namespace() == namespace && hop.direction() == Direction.IN) {
                in = i;
            }
        }
        if (in < 1) {
            return Optional.empty();
        }
        Hop before = passages.get(in - 1).hop();
        IpAddress sender = passages.get(in).flow().source();
        int last = in;
        while (last + 1 < passages.size() && isSame(passages.get(last + 1).hop(), namespace)) {
            last++; // from a bridge's port to the bridge
        }
        Hop link = passages.get(last).hop();
        return dossier.namespace(namespace)
                .flatMap(state -> state.link(link.link()).map(found -> Place.of(state, found)))
                .flatMap(place -> dossier.namespace(before.namespace())
                        .map(state -> new WayBack(place, route(state, before, sender, place))));
    }

    private static boolean isSame(Hop hop, long namespace) {
        return hop.namespace() == namespace && hop.direction() == Direction.IN;
    }

    private static RouteTo route(NamespaceState before, Hop out, IpAddress sender, Place in) {
        RouteTo to = RouteTo.prefix(network(before, sender)).on(in.linkName());
        return before.owns(sender)
                ? to
                : before.addresses(out.link(), sender.family()).stream()
                        .map(InterfaceAddress::address)
                        .min(Comparator.comparing(IpAddress::isLinkLocal)) // IPv6's do, where there is no other
                        .map(to::via)
                        .orElse(to);
    }

    /** As the one before knows it. */
    private static Prefix network(NamespaceState before, IpAddress sender) {
        return before.routes().stream()
                .filter(route -> route.table() == Route.TABLE_MAIN
                        && route.family() == sender.family()
                        && route.destination().length() > 0
                        && route.destination().contains(sender))
                .map(Route::destination)
                .max(Comparator.comparingInt(Prefix::length))
                .orElseGet(() -> Prefix.of(sender));
    }
}
