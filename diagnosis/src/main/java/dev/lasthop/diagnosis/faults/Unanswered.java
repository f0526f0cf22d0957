package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Nobody answers ARP or ND for a next hop. Eight faults look like this; which one it is follows from what the next hop is (a gateway or
 * the destination itself), and from who is on the segment instead.
 *
 * @param what the obstacle
 * @param cause which fault explains it
 * @param router the interface on the segment that forwards for others, if there is one
 * @param routerAddress its address in the asker's subnet, if it has one
 */
record Unanswered(Obstacle.NobodyAnswers what, Cause cause, Optional<Place> router, Optional<Prefix> routerAddress) {

    enum Cause {
        BRIDGE_MISSING,
        IPV6_DISABLED,
        GATEWAY_ADDRESS_MISSING,
        WRONG_GATEWAY,
        WRONG_PREFIX_LENGTH,
        SUBNET_OVERLAP,
        NEIGHBOR_UNREACHABLE
    }

    /** What it comes down to in this dossier; empty where the packets were not stopped by this. */
    static Stream<Unanswered> in(Dossier dossier, Cause wanted) {
        return dossier.obstacle(Obstacle.NobodyAnswers.class)
                .map(what -> of(dossier, what))
                .filter(found -> found.cause == wanted);
    }

    private static Unanswered of(Dossier dossier, Obstacle.NobodyAnswers what) {
        Optional<Place> router = router(dossier, what);
        Optional<Prefix> address =
                router.flatMap(place -> addresses(dossier, place, what.wanted().family())
                        .filter(prefix -> own(dossier, what).anyMatch(mine -> prefix.contains(mine.address())))
                        .findFirst());
        Cause cause =
                what.gateway() ? ofGateway(dossier, what, router, address) : ofDestination(dossier, what, address);
        return new Unanswered(what, cause, router, address);
    }

    private static Cause ofGateway(
            Dossier dossier, Obstacle.NobodyAnswers what, Optional<Place> router, Optional<Prefix> address) {
        if (address.isPresent() && what.owners().isEmpty()) {
            return Cause.WRONG_GATEWAY;
        }
        if (!what.owners().isEmpty()) {
            return Cause.NEIGHBOR_UNREACHABLE;
        }
        if (looseEnd(dossier, what).isPresent()) {
            return Cause.BRIDGE_MISSING;
        }
        if (router.filter(place -> isIpv6Off(dossier, place, what)).isPresent()) {
            return Cause.IPV6_DISABLED;
        }
        return router.isPresent() ? Cause.GATEWAY_ADDRESS_MISSING : Cause.NEIGHBOR_UNREACHABLE;
    }

    private static Cause ofDestination(Dossier dossier, Obstacle.NobodyAnswers what, Optional<Prefix> address) {
        Prefix route = what.route().destination();
        if (switchedOff(dossier, what).isPresent()) {
            return Cause.IPV6_DISABLED;
        }
        if (address.isPresent()
                && address.get().length() > route.length()
                && !address.get().contains(what.wanted())) {
            return Cause.WRONG_PREFIX_LENGTH;
        }
        boolean elsewhere = !what.owners().isEmpty();
        boolean overlaps = dossier.namespace(what.from().namespace()).stream()
                .flatMap(state -> state.routes().stream())
                .filter(other -> other.family() == route.family() && other.table() != Route.TABLE_LOCAL)
                .filter(other -> other.destination().length() > 0
                        && other.nextHops().stream()
                                .noneMatch(hop -> hop.link().equals(what.from().link())))
                .anyMatch(other -> other.destination().overlaps(route));
        boolean beside = gateway(dossier, what)
                .filter(gateway -> !route.contains(gateway))
                .isPresent();
        return elsewhere || overlaps || beside ? Cause.SUBNET_OVERLAP : Cause.NEIGHBOR_UNREACHABLE;
    }

    /** The default gateway that the asker has behind the same interface: a subnet that it is not part of is no network's own. */
    private static Optional<IpAddress> gateway(Dossier dossier, Obstacle.NobodyAnswers what) {
        return defaultGateway(dossier, what.from(), what.wanted().family());
    }

    private static Optional<IpAddress> defaultGateway(Dossier dossier, Place from, Family family) {
        return defaultHop(dossier, from.namespace(), family).flatMap(Route.NextHop::gateway);
    }

    /** Where a namespace sends what it knows no better way for. */
    static Optional<Route.NextHop> defaultHop(Dossier dossier, long namespace, Family family) {
        return dossier.namespace(namespace).stream()
                .flatMap(state -> state.routes().stream())
                .filter(route -> route.family() == family
                        && route.table() == Route.TABLE_MAIN
                        && route.destination().length() == 0)
                .flatMap(route -> route.nextHops().stream())
                .filter(hop -> hop.gateway().isPresent())
                .findFirst();
    }

    /** The one on the segment that has IPv6 switched off, and so lost its address: who is looked for there. */
    static Optional<Place> switchedOff(Dossier dossier, Obstacle.NobodyAnswers what) {
        List<Place> off = what.reached().stream()
                .filter(place -> place.namespace() != what.from().namespace() && isIpv6Off(dossier, place, what))
                .toList();
        return off.size() == 1 && what.owners().isEmpty() ? Optional.of(off.getFirst()) : Optional.empty();
    }

    private static boolean isIpv6Off(Dossier dossier, Place router, Obstacle.NobodyAnswers what) {
        return what.wanted().family() == Family.IPV6
                && dossier.namespace(router.namespace())
                        .filter(state -> state.sysctls().ipv6(router.linkName(), "disable_ipv6") != 0)
                        .isPresent();
    }

    /** The host end of the asker's veth, where it hangs loose: no port, no address, no route. */
    static Optional<Place> looseEnd(Dossier dossier, Obstacle.NobodyAnswers what) {
        return what.reached().stream()
                .filter(place -> place.namespace() != what.from().namespace())
                .filter(place -> LooseEnd.isBare(dossier, place))
                .findFirst();
    }

    /** The asker's own addresses on the interface. */
    static Stream<Prefix> own(Dossier dossier, Obstacle.NobodyAnswers what) {
        return addresses(dossier, what.from(), what.wanted().family());
    }

    private static Stream<Prefix> addresses(Dossier dossier, Place place, Family family) {
        return dossier.namespace(place.namespace()).stream()
                .flatMap(state -> state.addresses(place.link(), family).stream())
                .map(InterfaceAddress::prefix)
                .filter(prefix -> !prefix.address().isLinkLocal());
    }

    /** Of those that heard the question, the one that routes for the others: a bridge itself, or an interface of a router. */
    private static Optional<Place> router(Dossier dossier, Obstacle.NobodyAnswers what) {
        List<Place> others = what.reached().stream()
                .filter(place -> place.namespace() != what.from().namespace()
                        || !place.link().equals(what.from().link()))
                .toList();
        Family family = what.wanted().family();
        return others.stream()
                .filter(place -> place.kind().equals("bridge"))
                .findFirst()
                .or(() -> others.stream()
                        .filter(place -> dossier.namespace(place.namespace())
                                .filter(state -> isRouter(state, place, family)
                                        || state.owns(dossier.asked().address()))
                                .isPresent())
                        .findFirst());
    }

    private static boolean isRouter(NamespaceState state, Place place, Family family) {
        return state.link(place.link())
                .filter(link -> link.master().isNone() && state.forwards(family, link))
                .filter(link -> !state.addresses(link.index(), family).isEmpty()
                        || state.links().stream()
                                        .filter(other -> !other.isLoopback())
                                        .count()
                                > 1)
                .isPresent();
    }
}
