package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.MacAddress;
import dev.lasthop.topology.FdbEntry;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Neighbor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A frame inside a bridge: ports, forwarding database, flooding, and the IP rules that br_netfilter asks. */
final class BridgeWalk {
    private static final int SLACK = 4; // is_skb_forwardable() allows for a VLAN header

    private final Segment segment;
    private final Index index;
    private final Gate gate;
    private final Journey journey;

    BridgeWalk(Segment segment, Index index, Gate gate, Journey journey) {
        this.segment = segment;
        this.index = index;
        this.gate = gate;
        this.journey = journey;
    }

    /** Sent by the bridge's own namespace. */
    void fromBridge(NamespaceState namespace, Link bridge, Branch branch) {
        forward(namespace, bridge, Optional.empty(), branch);
    }

    /** Came in by a port. */
    void fromPort(NamespaceState namespace, Link bridge, Link port, Branch branch) {
        Place in = Place.of(namespace, port);
        Place whole = Place.of(namespace, bridge);
        Optional<Branch> on = Optional.of(branch);
        if (!bridge.isUp()) {
            on = segment.block(branch, new Obstacle.BridgeDown(whole), Optional.of(whole.hop(Direction.IN)));
        } else if (blocks(port)) {
            on = segment.block(branch, new Obstacle.PortBlocked(whole, in, state(port)), Optional.empty());
        }
        on.flatMap(passed -> prerouting(namespace, bridge, port, passed))
                .ifPresent(passed -> forward(namespace, bridge, Optional.of(port), passed));
    }

    private static boolean blocks(Link port) {
        return state(port) != Link.BridgePort.FORWARDING;
    }

    private static int state(Link port) {
        return port.port().map(Link.BridgePort::state).orElse(Link.BridgePort.FORWARDING);
    }

    private Optional<Branch> prerouting(NamespaceState namespace, Link bridge, Link port, Branch branch) {
        if (branch.frame().isQuestion()) {
            return Optional.of(questionRules(namespace, branch, BridgeHooks.into(port.index())));
        }
        PacketState packet = links(branch, port.index(), IfIndex.NONE, IfIndex.NONE, IfIndex.NONE);
        Optional<Branch> on = segment.through(
                branch, gate.pass(namespace, Filtering.Layer.BRIDGE, Hook.PREROUTING, packet), Optional.empty());
        if (on.isEmpty() || !asksIpRules(namespace, branch.packet())) {
            return on;
        }
        Branch passed = on.get();
        PacketState asked = links(passed, bridge.index(), IfIndex.NONE, port.index(), IfIndex.NONE);
        Gate.Gated gated = gate.ip(namespace, Hook.PREROUTING, asked, true);
        return segment.through(passed, gated, Optional.empty())
                .map(next -> next.withFiltered(true))
                .flatMap(next -> redirected(namespace, bridge, asked, next));
    }

    /** After DNAT the frame is for another machine: one on this bridge (it stays bridged), or it goes up to be routed. */
    private Optional<Branch> redirected(NamespaceState namespace, Link bridge, PacketState asked, Branch branch) {
        PacketState packet = branch.packet();
        if (packet.flow().destination().equals(asked.flow().destination())) {
            return Optional.of(branch);
        }
        Optional<MacAddress> onBridge = journey.bridgedTarget(namespace, bridge, packet);
        MacAddress target = onBridge.orElseGet(() -> bridge.mac().orElse(MacAddress.ZERO));
        return Optional.of(branch.withFrame(branch.frame().to(target)));
    }

    static boolean asksIpRules(NamespaceState namespace, PacketState packet) {
        String setting = packet.flow().family() == Family.IPV4 ? "iptables" : "ip6tables";
        return namespace
                        .sysctls()
                        .number("net/bridge/bridge-nf-call-" + setting)
                        .orElse(0)
                != 0;
    }

    private void forward(NamespaceState namespace, Link bridge, Optional<Link> in, Branch branch) {
        MacAddress destination = branch.frame().destination();
        if (destination.isMulticast()) {
            in.ifPresent(port -> local(namespace, bridge, port, branch));
            flood(namespace, bridge, in, branch, Stage.BridgeForwarding.Choice.FLOOD);
            return;
        }
        Optional<FdbEntry> entry = entry(namespace, bridge, destination);
        boolean own = bridge.mac().filter(destination::equals).isPresent();
        boolean ofPort =
                entry.filter(found -> (found.state() & Neighbor.PERMANENT) != 0).isPresent();
        if (in.isPresent() && (own || ofPort)) {
            Branch claimed = own ? branch : claim(namespace, bridge, entry, branch);
            local(namespace, bridge, in.get(), claimed);
            return;
        }
        Optional<Link> known = entry.filter(found -> !found.link().equals(bridge.index()))
                .flatMap(found -> index.link(namespace, found.link()));
        if (known.isPresent()) {
            Branch claimed = claim(namespace, bridge, entry, branch);
            Place out = Place.of(namespace, known.get());
            toPort(namespace, bridge, in, known.get(), claimed.with(stage(namespace, bridge, in, List.of(out), true)));
        } else {
            flood(namespace, bridge, in, branch, Stage.BridgeForwarding.Choice.FLOOD);
        }
    }

    private Branch claim(NamespaceState namespace, Link bridge, Optional<FdbEntry> entry, Branch branch) {
        return entry.flatMap(found -> index.link(namespace, found.link())
                        .map(port -> new Branch.Claim(
                                Place.of(namespace, bridge), Place.of(namespace, port), found.isPermanent())))
                .map(branch::withClaim)
                .orElse(branch);
    }

    private Optional<FdbEntry> entry(NamespaceState namespace, Link bridge, MacAddress mac) {
        return namespace.fdb().stream()
                .filter(entry -> entry.mac().equals(mac) && !entry.self())
                .filter(entry ->
                        entry.master().equals(bridge.index()) || entry.link().equals(bridge.index()))
                .min(Comparator.comparingInt(FdbEntry::vlan));
    }

    private static Stage.BridgeForwarding stage(
            NamespaceState namespace, Link bridge, Optional<Link> in, List<Place> out, boolean known) {
        Place whole = Place.of(namespace, bridge);
        var choice = known ? Stage.BridgeForwarding.Choice.KNOWN : Stage.BridgeForwarding.Choice.FLOOD;
        return new Stage.BridgeForwarding(
                whole, in.map(port -> Place.of(namespace, port)).orElse(whole), out, choice);
    }

    /** Up to the bridge's own namespace. */
    private void local(NamespaceState namespace, Link bridge, Link in, Branch branch) {
        Place whole = Place.of(namespace, bridge);
        Branch on = branch;
        if (branch.frame().isQuestion()) {
            on = questionRules(namespace, branch, BridgeHooks.upFrom(in.index()));
        } else {
            var local = Stage.BridgeForwarding.Choice.LOCAL;
            on = branch.with(new Stage.BridgeForwarding(whole, Place.of(namespace, in), List.of(whole), local));
            PacketState packet = links(on, in.index(), IfIndex.NONE, IfIndex.NONE, IfIndex.NONE);
            Optional<Branch> passed = segment.through(
                    on,
                    gate.pass(namespace, Filtering.Layer.BRIDGE, Hook.INPUT, packet),
                    Optional.of(whole.hop(Direction.IN)));
            if (passed.isEmpty()) {
                return;
            }
            on = passed.get();
        }
        boolean toPort = in.mac().filter(on.frame().destination()::equals).isPresent();
        if (toPort) {
            on = on.withFrame(on.frame().to(bridge.mac().orElse(MacAddress.ZERO)));
        }
        segment.receive(namespace, bridge, on);
    }

    private void flood(
            NamespaceState namespace,
            Link bridge,
            Optional<Link> in,
            Branch branch,
            Stage.BridgeForwarding.Choice choice) {
        MacAddress mac = branch.frame().destination();
        List<Link> out = index.ports(namespace, bridge).stream()
                .filter(port -> in.isEmpty() || !port.index().equals(in.get().index()) || hairpin(port))
                .toList();
        var places = out.stream().map(port -> Place.of(namespace, port)).toList();
        Branch on = branch.with(stage(namespace, bridge, in, places, choice == Stage.BridgeForwarding.Choice.KNOWN));
        for (Link port : out) {
            boolean floods = mac.isMulticast()
                    || port.port().map(Link.BridgePort::unicastFlood).orElse(true);
            if (floods) {
                toPort(namespace, bridge, in, port, on);
            } else {
                Place place = Place.of(namespace, port);
                segment.block(
                        on,
                        new Obstacle.FloodOff(Place.of(namespace, bridge), place, mac),
                        Optional.of(place.hop(Direction.OUT)));
            }
        }
        if (out.isEmpty() && !branch.frame().isQuestion()) {
            segment.take(namespace, bridge, on, MacAddress.ZERO);
        }
    }

    private static boolean hairpin(Link port) {
        return port.port().map(Link.BridgePort::hairpin).orElse(false);
    }

    private static boolean isolated(Link port) {
        return port.port().map(Link.BridgePort::isolated).orElse(false);
    }

    private void toPort(NamespaceState namespace, Link bridge, Optional<Link> in, Link out, Branch branch) {
        Place whole = Place.of(namespace, bridge);
        Place place = Place.of(namespace, out);
        Optional<Hop> next = Optional.of(place.hop(Direction.OUT));
        Optional<Branch> on = Optional.of(branch);
        if (in.isPresent() && in.get().index().equals(out.index()) && !hairpin(out)) {
            boolean itself = out.kind().equals("vxlan") // no tunnel sends back what it brought: it came the wrong way
                    || branch.frame().destination().equals(branch.frame().source())
                            && branch.elements().stream().noneMatch(Stage.NatRewrite.class::isInstance);
            on = segment.block(
                    branch, itself ? segment.misaddressed(branch) : new Obstacle.HairpinOff(whole, place), next);
        } else if (!out.isUp()) {
            on = segment.block(branch, new Obstacle.LinkDown(place), next);
        } else if (blocks(out) && out.carrier()) {
            on = segment.block(branch, new Obstacle.PortBlocked(whole, place, state(out)), next);
        } else if (in.isPresent() && isolated(in.get()) && isolated(out)) {
            on = segment.block(branch, new Obstacle.PortsIsolated(whole, Place.of(namespace, in.get()), place), next);
        }
        if (on.isPresent() && in.isPresent() && branch.frame().isQuestion()) {
            on = on.map(passed -> questionRules(namespace, bridge, in.get(), out, passed));
        } else if (on.isPresent() && !branch.frame().isQuestion()) {
            on = rules(namespace, bridge, in, out, on.get(), next).flatMap(passed -> {
                int length = passed.packet().length();
                return length <= out.mtu() + SLACK
                        ? Optional.of(passed)
                        : segment.block(
                                passed, new Obstacle.PortMtu(whole, bridge.mtu(), place, out.mtu(), length), next);
            });
        }
        on.ifPresent(passed -> segment.transmit(namespace, out, passed));
    }

    /** A question that is passed on from port to port. */
    private Branch questionRules(NamespaceState namespace, Link bridge, Link in, Link out, Branch branch) {
        Frame.Question question = branch.frame().question().orElseThrow();
        if (question.target().family() == Family.IPV4) {
            return questionRules(namespace, branch, BridgeHooks.between(in.index(), out.index()));
        }
        return Discovery.bridged(gate.filtering(), new Discovery.Bridged(namespace, bridge, in, out), question)
                .map(rule -> branch.blocked(rule, Optional.empty()))
                .orElse(branch);
    }

    private Branch questionRules(NamespaceState namespace, Branch branch, BridgeHooks hooks) {
        Frame.Question question = branch.frame().question().orElseThrow();
        return (question.target().family() == Family.IPV6
                        ? Discovery.onBridge(gate.filtering(), namespace, question, hooks)
                        : arpRules(namespace, question, hooks))
                .map(rule -> branch.blocked(
                        new Obstacle.ArpFiltered(namespace.inode(), namespace.name(), rule), Optional.empty()))
                .orElse(branch);
    }

    private Optional<HookOutcome.Decision> arpRules(
            NamespaceState namespace, Frame.Question question, BridgeHooks hooks) {
        var asked = Arp.question(question.sender(), question.target());
        var layer = Filtering.Layer.BRIDGE;
        return gate.filtering()
                .dropsArp(namespace, layer, hooks.there(), hooks.in(), hooks.out(), asked)
                .or(() -> gate.filtering()
                        .dropsArp(namespace, layer, hooks.back(), hooks.out(), hooks.in(), asked.answer()));
    }

    private Optional<Branch> rules(
            NamespaceState namespace, Link bridge, Optional<Link> in, Link out, Branch branch, Optional<Hop> next) {
        IfIndex from = in.map(Link::index).orElse(IfIndex.NONE);
        PacketState framed = links(branch, from, out.index(), IfIndex.NONE, IfIndex.NONE);
        Hook first = in.isPresent() ? Hook.FORWARD : Hook.OUTPUT;
        Optional<Branch> on =
                segment.through(branch, gate.pass(namespace, Filtering.Layer.BRIDGE, first, framed), next);
        if (in.isPresent() && asksIpRules(namespace, branch.packet())) {
            for (Hook hook : List.of(Hook.FORWARD, Hook.POSTROUTING)) {
                on = on.flatMap(passed -> {
                    PacketState packet = links(passed, bridge.index(), bridge.index(), from, out.index());
                    return segment.through(passed, gate.ip(namespace, hook, packet, true), next);
                });
            }
        }
        return on.flatMap(passed -> segment.through(
                        passed,
                        gate.pass(
                                namespace,
                                Filtering.Layer.BRIDGE,
                                Hook.POSTROUTING,
                                links(passed, IfIndex.NONE, out.index(), IfIndex.NONE, IfIndex.NONE)),
                        next))
                .map(passed -> passed.withFiltered(false));
    }

    private static PacketState links(Branch branch, IfIndex in, IfIndex out, IfIndex portIn, IfIndex portOut) {
        Frame frame = branch.frame();
        return branch.packet().withMacs(frame.source(), frame.destination()).withLinks(in, out, portIn, portOut);
    }
}
