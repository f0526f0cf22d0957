package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Neighbor;
import dev.lasthop.topology.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The other end of the sender's veth is in a namespace where it is part of nothing, while a bridge of another namespace has the next hop.
 * Networks with the same addresses are common, and so are the same MAC addresses, as engines make them from those: that alone proves
 * nothing. The end must lie where nothing is forwarded and nobody has the next hop, and the bridge must not lead to anybody with the
 * sender's own address.
 *
 * @param end where the other end is
 * @param home the bridge that it should be a port of
 * @param nextHop what the sender looks for there
 * @param remembered in words, what is left of the time when it was there; empty where nothing is
 * @param beside whether the namespaces of both are connected by a wire
 * @param doubtful whether other bridges are as likely
 */
record StrayedPeer(
        Place end, Place home, IpAddress nextHop, Optional<String> remembered, boolean beside, boolean doubtful) {

    static Optional<StrayedPeer> in(Dossier dossier) {
        return dossier.prediction().request().elements(Stage.RoutingDecision.class).stream()
                .findFirst()
                .flatMap(first -> of(dossier, first));
    }

    private static Optional<StrayedPeer> of(Dossier dossier, Stage.RoutingDecision first) {
        Snapshot snapshot = dossier.before();
        Optional<NamespaceState> sender = snapshot.namespace(first.out().namespace());
        Optional<Link> link = sender.flatMap(state -> state.link(first.out().link()));
        Optional<Snapshot.Place> end = link.flatMap(near -> snapshot.lower(sender.get(), near));
        if (end.isEmpty()
                || end.get().namespace().inode() == sender.get().inode()
                || isNode(end.get().namespace(), end.get().link(), first.nextHop())
                || !LooseEnd.isBare(
                        dossier, Place.of(end.get().namespace(), end.get().link()))) {
            return Optional.empty();
        }
        List<StrayedPeer> homes = snapshot.namespaces().stream()
                .filter(state -> state.inode() != end.get().namespace().inode()
                        && state.inode() != sender.get().inode())
                .flatMap(state -> homes(snapshot, state, first))
                .map(home -> new StrayedPeer(
                        Place.of(end.get().namespace(), end.get().link()),
                        Place.of(home.namespace(), home.link()),
                        first.nextHop(),
                        rememberedBySender(sender.get(), link.get(), home, first.nextHop())
                                .or(() -> rememberedAtHome(
                                        sender.get(),
                                        link.get(),
                                        home,
                                        first.nextHop().family())),
                        isBeside(snapshot, home.namespace(), end.get().namespace()),
                        false))
                .toList();
        int best = homes.stream().mapToInt(StrayedPeer::rank).max().orElse(0);
        List<StrayedPeer> likely =
                homes.stream().filter(home -> home.rank() == best).toList();
        return likely.stream().findFirst().map(home -> home.doubted(likely.size() > 1));
    }

    private int rank() {
        return (remembered.isPresent() ? 2 : 0) + (beside ? 1 : 0);
    }

    private StrayedPeer doubted(boolean many) {
        return new StrayedPeer(end, home, nextHop, remembered, beside, many);
    }

    /** Whether two namespaces are connected by a wire. */
    private static boolean isBeside(Snapshot snapshot, NamespaceState one, NamespaceState other) {
        return one.links().stream()
                .flatMap(link -> snapshot.lower(one, link).stream())
                .anyMatch(far -> far.namespace().inode() == other.inode());
    }

    /** Whether a namespace may well be where the end belongs: then what is missing there is something else. */
    private static boolean isNode(NamespaceState state, Link end, IpAddress nextHop) {
        return state.owns(nextHop) || state.forwards(nextHop.family(), end);
    }

    /** The bridges of a namespace on whose segment the next hop is, and the sender's address is not. */
    private static Stream<Snapshot.Place> homes(Snapshot snapshot, NamespaceState state, Stage.RoutingDecision first) {
        return state.links().stream()
                .filter(link -> link.kind().equals("bridge"))
                .filter(bridge -> owns(state, bridge, first.nextHop())
                        || far(snapshot, state, bridge).anyMatch(member -> owns(member, first.nextHop())))
                .filter(bridge -> first.source().isAny()
                        || far(snapshot, state, bridge).noneMatch(member -> owns(member, first.source())))
                .map(bridge -> new Snapshot.Place(state, bridge));
    }

    /** What is at the other ends of a bridge's ports. */
    private static Stream<Snapshot.Place> far(Snapshot snapshot, NamespaceState state, Link bridge) {
        return state.ports(bridge).stream()
                .flatMap(port -> snapshot.lower(state, port).stream())
                .filter(member -> member.namespace().inode() != state.inode());
    }

    private static boolean owns(Snapshot.Place place, IpAddress address) {
        return owns(place.namespace(), place.link(), address);
    }

    private static boolean owns(NamespaceState state, Link link, IpAddress address) {
        return state.addresses(link.index(), address.family()).stream()
                .anyMatch(own -> own.address().equals(address));
    }

    private static Optional<String> rememberedBySender(
            NamespaceState sender, Link link, Snapshot.Place home, IpAddress nextHop) {
        return sender.neighbors().stream()
                .filter(known -> known.link().equals(link.index())
                        && known.address().equals(nextHop)
                        && known.mac().isPresent()
                        && known.mac().equals(home.link().mac()))
                .findFirst()
                .map(known -> sender.name() + " still knows " + nextHop + " by the MAC address of "
                        + home.link().name() + ", " + known.mac().orElseThrow());
    }

    private static Optional<String> rememberedAtHome(
            NamespaceState sender, Link link, Snapshot.Place home, Family family) {
        return home.namespace().neighbors().stream()
                .filter(known -> known.link().equals(home.link().index())
                        && known.mac().isPresent()
                        && known.mac().equals(link.mac()))
                .map(Neighbor::address)
                .filter(address -> address.family() == family && owns(sender, link, address))
                .findFirst()
                .map(address -> home.namespace().name() + " still knows " + address + " behind "
                        + home.link().name() + ", by the MAC address of " + sender.name() + "'s "
                        + link.name());
    }
}
