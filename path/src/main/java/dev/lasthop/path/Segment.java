package dev.lasthop.path;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.MacAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Carries one frame over a segment: from where it is sent to every IP stack that takes it in, and every place where it ends. */
final class Segment {
    private static final int SLACK = 4; // is_skb_forwardable() allows for a VLAN header

    /** An IP stack takes the frame in. */
    record Arrival(Branch branch, NamespaceState namespace, Link link) {
        Place place() {
            return Place.of(namespace, link);
        }
    }

    /** The frame goes no further. */
    record DeadEnd(Branch branch, Ending ending) {
        /** How far it got: a frame that was flooded to everybody because nobody is known to have its address was lost there. */
        List<PathElement> elements() {
            List<PathElement> all = branch.elements();
            int flooded = flooded();
            return flooded < 0 ? all : all.subList(0, flooded + 1);
        }

        Ending whole() {
            return flooded() >= 0 && ending instanceof Ending.Stopped stopped
                    ? new Ending.Stopped(stopped.obstacle(), lastOf(elements()), Optional.empty())
                    : ending;
        }

        private static Optional<Hop> lastOf(List<PathElement> elements) {
            return elements.reversed().stream()
                    .filter(Passage.class::isInstance)
                    .map(element -> ((Passage) element).hop())
                    .findFirst();
        }

        private int flooded() {
            boolean nobodys =
                    ending instanceof Ending.Stopped stopped && stopped.obstacle() instanceof Obstacle.WrongMac;
            List<PathElement> all = branch.elements();
            for (int i = 0; nobodys && i < all.size(); i++) {
                if (all.get(i) instanceof Stage.BridgeForwarding stage
                        && stage.choice() == Stage.BridgeForwarding.Choice.FLOOD) {
                    return i;
                }
            }
            return -1;
        }
    }

    private final Index index;
    private final Gate gate;
    private final Journey journey;
    private final BridgeWalk bridges;
    private final MacvlanWalk macvlans;
    private final TunnelWalk tunnels;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<DeadEnd> deadEnds = new ArrayList<>();

    Segment(Index index, Gate gate, Journey journey) {
        this.index = index;
        this.gate = gate;
        this.journey = journey;
        this.bridges = new BridgeWalk(this, index, gate, journey);
        this.macvlans = new MacvlanWalk(this, index);
        this.tunnels = new TunnelWalk(this, index, journey);
    }

    List<Arrival> arrivals() {
        return arrivals;
    }

    List<DeadEnd> deadEnds() {
        return deadEnds;
    }

    /** The namespace's own stack sends the frame out of an interface. */
    void send(NamespaceState namespace, Link link, Branch branch) {
        if (branch.frame().isQuestion()) {
            macvlans.beneath(namespace, link, branch);
        }
        transmit(namespace, link, branch);
    }

    /** The frame leaves by an interface: sent by the stack, or forwarded by a bridge. */
    void transmit(NamespaceState namespace, Link link, Branch branch) {
        Place place = Place.of(namespace, link);
        if (branch.passed(place, Direction.OUT)) {
            return;
        }
        Optional<Obstacle> down = down(namespace, link, place);
        if (down.isPresent()) {
            Optional<Branch> beyond = block(branch, down.get(), Optional.of(place.hop(Direction.OUT)));
            if (beyond.isEmpty()) {
                return;
            }
            branch = beyond.get();
        }
        Optional<Branch> passed = hook(namespace, Hook.EGRESS, link, branch.pass(place, Direction.OUT));
        if (passed.isEmpty()) {
            return;
        }
        switch (link.kind()) {
            case "veth" -> overVeth(namespace, link, passed.get());
            case "bridge" -> bridges.fromBridge(namespace, link, passed.get());
            case "macvlan", "macvtap" -> macvlans.fromChild(namespace, link, passed.get());
            case "vxlan" -> tunnels.into(namespace, link, passed.get());
            default -> {
                if (link.isLoopback()) {
                    receive(namespace, link, passed.get());
                } else {
                    end(passed.get(), new Ending.LeftHost(place.hop(Direction.OUT)));
                }
            }
        }
    }

    private Optional<Obstacle> down(NamespaceState namespace, Link link, Place place) {
        if (!link.isUp()) {
            return Optional.of(
                    link.isLoopback()
                            ? new Obstacle.LoopbackDown(place)
                            : link.kind().equals("bridge")
                                    ? new Obstacle.BridgeDown(place)
                                    : new Obstacle.LinkDown(place));
        }
        if (link.kind().equals("veth")) {
            Optional<Index.At> peer = index.lower(namespace, link);
            if (peer.isEmpty()) {
                link.lowerNamespace().ifPresent(journey.wanted()::add);
            }
            if (peer.isPresent() && !peer.get().link().isUp()) {
                return Optional.of(new Obstacle.PeerDown(place, peer.get().place()));
            }
        }
        return link.carrier() || link.kind().equals("bridge") || link.kind().equals("vxlan")
                ? Optional.empty()
                : Optional.of(new Obstacle.NoCarrier(place));
    }

    private void overVeth(NamespaceState namespace, Link link, Branch branch) {
        Place near = Place.of(namespace, link);
        Hop out = near.hop(Direction.OUT);
        Optional<Index.At> found = index.lower(namespace, link);
        if (found.isEmpty()) {
            boolean known = !link.lower().isNone() && !link.lowerNamespaceUnknown();
            end(
                    branch,
                    known && link.lowerNamespace().isPresent()
                            ? new Ending.NeedsNamespace(
                                    OptionalLong.of(link.lowerNamespace().getAsLong()), out)
                            : new Ending.LeftHost(out));
            return;
        }
        Link peer = found.get().link();
        Place far = found.get().place();
        Branch on = branch;
        int length = branch.packet().length();
        if (!branch.frame().isQuestion() && length > peer.mtu() + SLACK) {
            Optional<Branch> beyond = block(
                    branch,
                    new Obstacle.PeerMtu(near, link.mtu(), far, peer.mtu(), length),
                    Optional.of(far.hop(Direction.IN)));
            if (beyond.isEmpty()) {
                return;
            }
            on = beyond.get();
        }
        receive(found.get().namespace(), peer, on);
    }

    /** The frame comes in by an interface. */
    void receive(NamespaceState namespace, Link link, Branch branch) {
        Place place = Place.of(namespace, link);
        if (branch.passed(place, Direction.IN)) {
            return;
        }
        Branch on = branch;
        if (!link.isUp()) {
            Optional<Branch> beyond = block(branch, new Obstacle.LinkDown(place), Optional.of(place.hop(Direction.IN)));
            if (beyond.isEmpty()) {
                return;
            }
            on = beyond.get();
        }
        if (link.xdpProgram() != 0) {
            on = on.with(new Stage.ForeignProgram(place, link.xdpProgram()));
        }
        Optional<Branch> passed = hook(namespace, Hook.INGRESS, link, on.pass(place, Direction.IN));
        if (passed.isEmpty()) {
            return;
        }
        Optional<Link> bridge = index.bridge(namespace, link);
        if (bridge.isPresent()) {
            bridges.fromPort(namespace, bridge.get(), link, passed.get());
        } else if (!index.children(namespace, link).isEmpty()) {
            macvlans.fromWire(namespace, link, passed.get());
        } else {
            take(namespace, link, passed.get(), link.mac().orElse(MacAddress.ZERO));
        }
    }

    /** The namespace's own stack takes the frame in, if it is addressed to {@code own} or to all. */
    void take(NamespaceState namespace, Link link, Branch branch, MacAddress own) {
        MacAddress destination = branch.frame().destination();
        if (destination.isMulticast() || destination.equals(own) || link.isLoopback()) {
            arrivals.add(new Arrival(branch, namespace, link));
        } else {
            end(branch, new Ending.Stopped(misaddressed(branch), branch.last(), Optional.empty()));
        }
    }

    /** Why a frame came to an interface that does not have its address. */
    Obstacle misaddressed(Branch branch) {
        Frame frame = branch.frame();
        List<Place> holders = index.holders(frame.destination(), frame.from().namespace()).stream()
                .map(Index.At::place)
                .toList();
        if (branch.claim().isPresent()) {
            Branch.Claim claim = branch.claim().get();
            Optional<Place> actual =
                    frame.owners().stream().filter(holders::contains).findFirst();
            if (actual.isPresent()) {
                return new Obstacle.WrongFdbEntry(
                        claim.bridge(), frame.destination(), claim.port(), claim.permanent(), actual.get());
            }
        }
        return new Obstacle.WrongMac(
                frame.from(), frame.wanted(), frame.destination(), frame.entry(), holders, frame.owners());
    }

    void end(Branch branch, Ending ending) {
        if (ending instanceof Ending.NeedsNamespace needs) {
            needs.inode().ifPresent(journey.wanted()::add);
        }
        deadEnds.add(new DeadEnd(branch, ending));
    }

    /** Ends a packet's way here; a question goes on, with the block noted. */
    Optional<Branch> block(Branch branch, Obstacle obstacle, Optional<Hop> next) {
        if (branch.frame().isQuestion()) {
            return Optional.of(branch.blocked(obstacle, next));
        }
        end(branch, new Ending.Stopped(obstacle, branch.last(), next));
        return Optional.empty();
    }

    /** Ends the way if the gate said so. */
    Optional<Branch> through(Branch branch, Gate.Gated gated, Optional<Hop> next) {
        Branch on = branch.with(gated);
        return gated.stop().isEmpty() ? Optional.of(on) : block(on, gated.stop().get(), next);
    }

    private Optional<Branch> hook(NamespaceState namespace, Hook hook, Link link, Branch branch) {
        if (branch.frame().isQuestion()) {
            return Optional.of(branch);
        }
        PacketState packet =
                branch.packet().withMacs(branch.frame().source(), branch.frame().destination());
        packet = hook == Hook.INGRESS
                ? packet.withLinks(link.index(), IfIndex.NONE, IfIndex.NONE, IfIndex.NONE)
                : packet.withLinks(packet.in(), link.index(), IfIndex.NONE, IfIndex.NONE);
        return through(branch, gate.pass(namespace, Filtering.Layer.NETDEV, hook, packet), Optional.empty());
    }
}
