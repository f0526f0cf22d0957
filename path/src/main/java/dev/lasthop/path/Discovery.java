package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Neighbour discovery before the packet filter: it is ICMPv6, and the IPv6 hooks see it (RFC 4861), untracked. A firewall that accepts
 * echo requests alone makes a host that nobody finds.
 */
final class Discovery {
    private static final int LENGTH = 72;
    private static final int HOP_LIMIT = 255;

    private final Filtering filtering;
    private final NamespaceState namespace;
    private final Link link;

    Discovery(Filtering filtering, NamespaceState namespace, Link link) {
        this.filtering = filtering;
        this.namespace = namespace;
        this.link = link;
    }

    /** The rule that keeps the one who has the address from hearing the question or from answering it. */
    Optional<HookOutcome.Decision> silences(Frame.Question question) {
        return Stream.of(in(question(question)), out(answer(question)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The rule that keeps the one who asks from asking or from hearing an answer. */
    Optional<HookOutcome.Decision> deafens(Frame.Question question) {
        return Stream.of(out(question(question)), in(answer(question)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** A frame's way through a bridge. */
    record Bridged(NamespaceState namespace, Link bridge, Link in, Link out) {
        Bridged back() {
            return new Bridged(namespace, bridge, out, in);
        }

        private PacketState at(Filtering.Layer layer, Hook hook, PacketState packet) {
            if (layer == Filtering.Layer.BRIDGE) {
                return packet.withLinks(in.index(), out.index(), IfIndex.NONE, IfIndex.NONE);
            }
            return hook == Hook.PREROUTING
                    ? packet.withLinks(bridge.index(), IfIndex.NONE, in.index(), IfIndex.NONE)
                    : packet.withLinks(bridge.index(), bridge.index(), in.index(), out.index());
        }
    }

    /** What keeps the question or its answer from passing a bridge: the bridge's own rules, or those of IP that br_netfilter asks. */
    static Optional<Obstacle> bridged(Filtering filtering, Bridged way, Frame.Question question) {
        PacketState asks = question(question);
        return passing(filtering, way, asks).or(() -> passing(filtering, way.back(), answer(question)));
    }

    private static Optional<Obstacle> passing(Filtering filtering, Bridged way, PacketState packet) {
        return drops(filtering, way, Filtering.Layer.BRIDGE, List.of(Hook.FORWARD), packet)
                .or(() -> BridgeWalk.asksIpRules(way.namespace(), packet)
                        ? drops(
                                filtering,
                                way,
                                Filtering.Layer.IP,
                                List.of(Hook.PREROUTING, Hook.FORWARD, Hook.POSTROUTING),
                                packet)
                        : Optional.empty());
    }

    private static Optional<Obstacle> drops(
            Filtering filtering, Bridged way, Filtering.Layer layer, List<Hook> hooks, PacketState packet) {
        for (Hook hook : hooks) {
            HookOutcome outcome = filtering.decide(way.namespace(), layer, hook, way.at(layer, hook, packet));
            if (isDrop(outcome)) {
                NamespaceState namespace = way.namespace();
                return Optional.of(
                        new Obstacle.Filtered(namespace.inode(), namespace.name(), layer, hook, true, outcome));
            }
        }
        return Optional.empty();
    }

    private static boolean isDrop(HookOutcome outcome) {
        return outcome.verdict() == HookOutcome.Verdict.DROP || outcome.verdict() == HookOutcome.Verdict.REJECT;
    }

    private Optional<HookOutcome.Decision> in(PacketState packet) {
        PacketState entering = packet.withLinks(link.index(), IfIndex.NONE, IfIndex.NONE, IfIndex.NONE);
        return drops(List.of(Hook.PREROUTING, Hook.INPUT), entering);
    }

    private Optional<HookOutcome.Decision> out(PacketState packet) {
        PacketState leaving = packet.withLinks(IfIndex.NONE, link.index(), IfIndex.NONE, IfIndex.NONE);
        return drops(List.of(Hook.OUTPUT, Hook.POSTROUTING), leaving);
    }

    private Optional<HookOutcome.Decision> drops(List<Hook> hooks, PacketState packet) {
        return hooks.stream()
                .map(hook -> filtering.decide(namespace, Filtering.Layer.IP, hook, packet))
                .filter(Discovery::isDrop)
                .flatMap(outcome -> outcome.decisive().stream())
                .findFirst();
    }

    /** The rule of family bridge that drops a question, or the answer to it, at one of these hooks. */
    static Optional<HookOutcome.Decision> onBridge(
            Filtering filtering, NamespaceState namespace, Frame.Question question, BridgeHooks hooks) {
        return Stream.of(
                        filtering.decide(
                                namespace, Filtering.Layer.BRIDGE, hooks.there(), hooks.links(question(question))),
                        filtering.decide(
                                namespace, Filtering.Layer.BRIDGE, hooks.back(), hooks.linksBack(answer(question))))
                .filter(Discovery::isDrop)
                .flatMap(outcome -> outcome.decisive().stream())
                .findFirst();
    }

    private static PacketState question(Frame.Question question) {
        return packet(question.sender(), solicited(question.target()), PacketState.SOLICITATION);
    }

    private static PacketState answer(Frame.Question question) {
        return packet(question.target(), question.sender(), PacketState.ADVERTISEMENT);
    }

    private static PacketState packet(IpAddress from, IpAddress to, int type) {
        return new PacketState(
                new Flow(Protocol.ICMPV6, from, 0, to, 0),
                LENGTH,
                false,
                HOP_LIMIT,
                0,
                IfIndex.NONE,
                IfIndex.NONE,
                IfIndex.NONE,
                IfIndex.NONE,
                Optional.empty(),
                Optional.empty(),
                0,
                type,
                0,
                PacketState.Tracking.UNTRACKED);
    }

    /** The multicast address that those with such an address listen on: {@code ff02::1:ff00:0/104} and its last 24 bits. */
    private static IpAddress solicited(IpAddress target) {
        byte[] bytes = IpAddress.parse("ff02::1:ff00:0").bytes();
        byte[] own = target.bytes();
        System.arraycopy(own, own.length - 3, bytes, bytes.length - 3, 3);
        return IpAddress.of(bytes);
    }

    /** A decision as text: the rule, or the chain whose policy it is. */
    static String text(HookOutcome.Decision by) {
        return by.family() + " " + by.table() + " " + by.chain() + (by.policy() ? " policy drop" : ": " + by.text());
    }
}
