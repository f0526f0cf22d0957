package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.Optional;

/** Addresses that no packet from another host may have. */
final class Martian {
    private Martian() {}

    /** Empty where both addresses of a packet that came in by the link may be what they are. */
    static Optional<Obstacle> check(NamespaceState namespace, Link link, Flow flow) {
        if (link.isLoopback()) {
            return Optional.empty();
        }
        Place place = Place.of(namespace, link);
        boolean four = flow.family() == Family.IPV4;
        boolean allowed = four && SourceCheck.either(namespace, link, "route_localnet");
        if (flow.source().isMulticast() || flow.source().isAny()) {
            return Optional.of(new Obstacle.MartianSource(place, flow.source()));
        }
        if (flow.destination().isLoopback() && !allowed) {
            return Optional.of(new Obstacle.LoopbackFromOutside(place, flow.destination(), true));
        }
        return flow.source().isLoopback() && !allowed
                ? Optional.of(new Obstacle.LoopbackFromOutside(place, flow.source(), false))
                : Optional.empty();
    }
}
