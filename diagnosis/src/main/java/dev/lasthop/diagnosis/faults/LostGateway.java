package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Place;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The address of a bridge that went with the bridge, or with IPv6 on it. Those who are connected to it still have a route by way of it, and
 * know the length of its prefix.
 */
final class LostGateway {
    private LostGateway() {}

    /** Puts it back on a bridge or link that is there; nothing to do where it still is, or nobody knows it. */
    static List<Step> on(Dossier dossier, Place bridge, Family family) {
        Predicate<Snapshot.Place> port = end -> end.namespace().inode() == bridge.namespace()
                && (end.link().master().equals(bridge.link())
                        || end.link().index().equals(bridge.link()));
        return address(dossier, family, port)
                .filter(prefix -> dossier.namespace(bridge.namespace())
                        .filter(state -> state.owns(prefix.address()))
                        .isEmpty())
                .<List<Step>>map(
                        prefix -> List.of(new AddressStep.Add(Where.of(bridge), bridge.linkName(), prefix, true)))
                .orElse(List.of());
    }

    /** The address that those send by way of who are behind such an end of a veth pair. */
    static Optional<Prefix> address(Dossier dossier, Family family, Predicate<Snapshot.Place> end) {
        return dossier.before().namespaces().stream()
                .flatMap(state -> state.links().stream()
                        .filter(link ->
                                dossier.before().lower(state, link).filter(end).isPresent())
                        .flatMap(link -> gateways(state, link, family)))
                .findFirst();
    }

    private static Stream<Prefix> gateways(NamespaceState state, Link link, Family family) {
        return state.routes().stream()
                .filter(route -> route.family() == family && route.table() == Route.TABLE_MAIN)
                .flatMap(route -> route.nextHops().stream())
                .filter(hop -> hop.link().equals(link.index()))
                .flatMap(hop -> hop.gateway().stream())
                .filter(gateway -> !gateway.isLinkLocal())
                .map(gateway -> new Prefix(gateway, length(state, link, gateway)));
    }

    private static int length(NamespaceState state, Link link, IpAddress gateway) {
        return state.addresses(link.index(), gateway.family()).stream()
                .map(InterfaceAddress::prefix)
                .filter(prefix -> prefix.contains(gateway))
                .mapToInt(Prefix::length)
                .findFirst()
                .orElse(gateway.family().bits());
    }
}
