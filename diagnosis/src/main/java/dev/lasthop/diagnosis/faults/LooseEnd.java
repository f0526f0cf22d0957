package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.Snapshot;
import java.util.Optional;

/**
 * A host end that lost its bridge while the container still remembers the bridge's MAC: frames go out to an address that is right and
 * reach the bare veth, where nobody has it.
 */
final class LooseEnd {
    private LooseEnd() {}

    /**
     * Whether this is one end of a veth pair that is part of nothing: no port of a bridge, without an address, without a route, and told to
     * answer for nobody else, as the host end of a routed pair is.
     */
    static boolean isBare(Dossier dossier, Place place) {
        return place.kind().equals("veth")
                && dossier.namespace(place.namespace())
                        .filter(state -> isBare(state, place))
                        .isPresent();
    }

    private static boolean isBare(NamespaceState state, Place place) {
        boolean free =
                state.link(place.link()).filter(link -> link.master().isNone()).isPresent();
        boolean addressed = state.addresses().stream()
                .anyMatch(address -> address.link().equals(place.link())
                        && !address.address().isLinkLocal());
        boolean routed = state.routes().stream()
                .filter(route -> route.table() != Route.TABLE_LOCAL
                        && !route.destination().address().isLinkLocal()
                        && !route.destination().address().isMulticast())
                .flatMap(route -> route.nextHops().stream())
                .anyMatch(hop -> hop.link().equals(place.link()));
        boolean answersForOthers = state.link(place.link())
                .filter(link -> state.sysctls().ipv4(link.name(), "proxy_arp") != 0
                        || state.sysctls().ipv6(link.name(), "proxy_ndp") != 0)
                .isPresent();
        return free && !addressed && !routed && !answersForOthers;
    }

    static Optional<Obstacle.NotBridged> in(Dossier dossier) {
        return dossier.obstacle(Obstacle.WrongMac.class)
                .flatMap(wrong -> of(dossier, wrong).stream())
                .findFirst();
    }

    /**
     * The bridge that has the MAC; or, as a bridge takes another when it loses a port, the one that has the address; for a neighbour's
     * address, the one whose subnet that is in.
     */
    private static Optional<Place> bridge(Obstacle.WrongMac wrong, NamespaceState host) {
        return wrong.holders().stream()
                .filter(holder -> holder.kind().equals("bridge") && holder.namespace() == host.inode())
                .findFirst()
                .or(() -> host.addresses().stream()
                        .filter(address -> address.address().equals(wrong.nextHop()))
                        .flatMap(address -> host.link(address.link()).stream())
                        .filter(link -> link.kind().equals("bridge"))
                        .map(link -> Place.of(host, link))
                        .findFirst())
                .or(() -> host.addresses().stream()
                        .filter(address -> !address.prefix().isSingle()
                                && !address.address().isLinkLocal()
                                && address.prefix().contains(wrong.nextHop()))
                        .flatMap(address -> host.link(address.link()).stream())
                        .filter(link -> link.kind().equals("bridge"))
                        .map(link -> Place.of(host, link))
                        .findFirst());
    }

    private static Optional<Obstacle.NotBridged> of(Dossier dossier, Obstacle.WrongMac wrong) {
        return near(dossier, wrong).or(() -> far(dossier, wrong));
    }

    /** The wanted one is still remembered, and its end of the wire is a port of nothing: the bridge floods, and it hears nothing. */
    private static Optional<Obstacle.NotBridged> far(Dossier dossier, Obstacle.WrongMac wrong) {
        return wrong.holders().stream()
                .flatMap(holder -> dossier.namespace(holder.namespace()).stream()
                        .filter(state -> has(state, holder, wrong.nextHop()))
                        .flatMap(state -> state.link(holder.link()).stream()
                                .flatMap(link -> dossier.before().lower(state, link).stream())))
                .map(end -> Place.of(end.namespace(), end.link()))
                .filter(end -> isBare(dossier, end))
                .flatMap(
                        end -> passedBridge(dossier, end.namespace())
                                .map(bridge -> new Obstacle.NotBridged(end, bridge, wrong.nextHop()))
                                .stream())
                .findFirst();
    }

    private static boolean has(NamespaceState state, Place holder, IpAddress address) {
        return state.addresses(holder.link(), address.family()).stream()
                .anyMatch(own -> own.address().equals(address));
    }

    /** The bridge of that namespace that the packet came through. */
    private static Optional<Place> passedBridge(Dossier dossier, long namespace) {
        return dossier.broken().elements(Stage.BridgeForwarding.class).stream()
                .map(Stage.BridgeForwarding::bridge)
                .filter(bridge -> bridge.namespace() == namespace)
                .reduce((first, second) -> second);
    }

    private static Optional<Obstacle.NotBridged> near(Dossier dossier, Obstacle.WrongMac wrong) {
        Snapshot snapshot = dossier.before();
        return snapshot.namespace(wrong.from().namespace())
                .flatMap(state -> state.link(wrong.from().link()).flatMap(link -> snapshot.lower(state, link)))
                .filter(end ->
                        end.link().kind().equals("veth") && end.link().master().isNone())
                .flatMap(end -> bridge(wrong, end.namespace())
                        .map(bridge -> new Obstacle.NotBridged(
                                Place.of(end.namespace(), end.link()), bridge, wrong.nextHop())));
    }
}
