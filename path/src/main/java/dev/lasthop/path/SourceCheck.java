package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import java.util.Optional;

/** Whether the kernel believes that a packet with this source can come in here: {@code fib_validate_source()} of net/ipv4. */
final class SourceCheck {
    private static final int STRICT = 1;

    private SourceCheck() {}

    /** @param out the interface that the packet is to leave by; none if it is for this namespace itself */
    static Optional<Obstacle> check(NamespaceState namespace, Link input, Flow flow, IfIndex out, int mark) {
        if (flow.family() == Family.IPV6 || input.isLoopback()) {
            return Optional.empty();
        }
        int mode = maximum(namespace, input, "rp_filter");
        boolean acceptsLocal = either(namespace, input, "accept_local");
        if (mode == 0 && !hasCustomRules(namespace)) {
            return !acceptsLocal && namespace.owns(flow.source())
                    ? Optional.of(new Obstacle.LocalSource(Place.of(namespace, input), flow.source()))
                    : Optional.empty();
        }
        int mirrored = either(namespace, input, "src_valid_mark") ? mark : 0;
        Flow back = flow.reversed();
        var query = new FibQuery(
                back.destination(),
                back.source(),
                out.isNone() ? IfIndex.LOOPBACK : out,
                IfIndex.NONE,
                mirrored,
                0,
                0,
                0,
                0);
        return judge(namespace, input, flow, mode, acceptsLocal, query);
    }

    private static Optional<Obstacle> judge(
            NamespaceState namespace, Link input, Flow flow, int mode, boolean acceptsLocal, FibQuery query) {
        Place place = Place.of(namespace, input);
        if (!(new Fib(namespace).lookup(query) instanceof FibResult.Found found)) {
            return mode == 0
                    ? Optional.empty()
                    : Optional.of(
                            new Obstacle.ReversePath(place, flow.source(), mode, Optional.empty(), Optional.empty()));
        }
        if (found.route().type() != Route.Type.UNICAST) {
            boolean own = found.route().type() == Route.Type.LOCAL;
            return own && acceptsLocal
                    ? Optional.empty()
                    : Optional.of(
                            own
                                    ? new Obstacle.LocalSource(place, flow.source())
                                    : new Obstacle.MartianSource(place, flow.source()));
        }
        boolean fits =
                found.route().nextHops().stream().anyMatch(hop -> hop.link().equals(input.index()));
        boolean bare = namespace.addresses(input.index(), Family.IPV4).isEmpty();
        if (fits || mode == 0 || mode != STRICT && !bare) {
            return Optional.empty();
        }
        Optional<Place> out = namespace.link(found.nextHop().link()).map(link -> Place.of(namespace, link));
        return Optional.of(new Obstacle.ReversePath(place, flow.source(), mode, Optional.of(found.route()), out));
    }

    private static boolean hasCustomRules(NamespaceState namespace) {
        return namespace.rules().stream()
                        .filter(rule -> rule.family() == Family.IPV4)
                        .count()
                > 3;
    }

    /** The larger of the settings for all and for this interface: {@code IN_DEV_MAXCONF}. */
    static int maximum(NamespaceState namespace, Link link, String setting) {
        return Math.max(
                namespace.sysctls().ipv4("all", setting), namespace.sysctls().ipv4(link.name(), setting));
    }

    /** {@code IN_DEV_ORCONF}. */
    static boolean either(NamespaceState namespace, Link link, String setting) {
        return maximum(namespace, link, setting) != 0;
    }
}
