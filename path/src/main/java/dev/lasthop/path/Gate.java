package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.topology.NamespaceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The packet filter's hooks with connection tracking and NAT around them. */
final class Gate {
    private final Filtering filtering;
    private final Tracker tracker;

    Gate(Filtering filtering, Tracker tracker) {
        this.filtering = filtering;
        this.tracker = tracker;
    }

    /** @param stop why the packet does not pass */
    record Gated(PacketState packet, List<PathElement> stages, Optional<Obstacle> stop) {}

    Filtering filtering() {
        return filtering;
    }

    /** The hooks of bridge and netdev families: no connection tracking, no NAT. */
    Gated pass(NamespaceState namespace, Filtering.Layer layer, Hook hook, PacketState packet) {
        HookOutcome outcome = filtering.decide(namespace, layer, hook, packet);
        var stages = new ArrayList<PathElement>();
        addVerdict(stages, namespace, layer, hook, outcome);
        return new Gated(outcome.packet(), stages, stop(namespace, layer, hook, false, outcome));
    }

    /** The hooks of the IP families. {@code bridged}: called for a bridged frame. */
    Gated ip(NamespaceState namespace, Hook hook, PacketState packet, boolean bridged) {
        boolean first = hook == Hook.OUTPUT || hook == Hook.PREROUTING && !isLoopback(namespace, packet);
        if (!Tracker.tracks(namespace) || !first && tracker.isLeftAlone(namespace)) {
            return untracked(namespace, hook, packet, bridged);
        }
        Tracker.Connection connection = first ? tracker.enter(namespace, packet) : tracker.current(namespace, packet);
        return tracked(namespace, hook, packet, bridged, connection, first);
    }

    private Gated untracked(NamespaceState namespace, Hook hook, PacketState packet, boolean bridged) {
        PacketState untracked = packet.withTracking(PacketState.Tracking.UNTRACKED);
        HookOutcome outcome = filtering.decide(namespace, Filtering.Layer.IP, hook, untracked);
        var stages = new ArrayList<PathElement>();
        addVerdict(stages, namespace, Filtering.Layer.IP, hook, outcome);
        rewritten(stages, namespace, hook, packet.flow(), outcome.packet().flow(), outcome.nat(), false);
        return new Gated(outcome.packet(), stages, stop(namespace, Filtering.Layer.IP, hook, bridged, outcome));
    }

    private Gated tracked(
            NamespaceState namespace,
            Hook hook,
            PacketState packet,
            boolean bridged,
            Tracker.Connection connection,
            boolean first) {
        var stages = new ArrayList<PathElement>();
        if (first) {
            connection.entry().ifPresent(entry -> stages.add(new Stage.OldConnection(namespace.name(), entry)));
        }
        boolean ofSource = hook == Hook.POSTROUTING || hook == Hook.INPUT;
        boolean translates = hook != Hook.FORWARD;
        boolean open = translates && connection.isOpen(ofSource);
        PacketState before = packet.withTracking(connection.tracking());
        if (translates && !open && hook == Hook.OUTPUT) {
            before = translated(stages, namespace, hook, before, connection, false);
        }
        HookOutcome outcome = filtering.decide(namespace, Filtering.Layer.IP, hook, before);
        addVerdict(stages, namespace, Filtering.Layer.IP, hook, outcome);
        PacketState after = outcome.packet();
        if (first && after.tracking().state() == PacketState.Tracking.State.UNTRACKED) {
            tracker.leaveAlone(namespace, connection); // a rule says so before tracking has looked at it
            return new Gated(after, stages, stop(namespace, Filtering.Layer.IP, hook, bridged, outcome));
        }
        connection.keepMark(after.tracking().mark());
        if (open) {
            connection.settle(ofSource, before.flow(), after.flow());
            rewritten(stages, namespace, hook, before.flow(), after.flow(), outcome.nat(), false);
        } else {
            after = after.withFlow(before.flow());
            if (translates && hook != Hook.OUTPUT) {
                after = translated(stages, namespace, hook, after, connection, ofSource);
            }
        }
        return new Gated(after, stages, stop(namespace, Filtering.Layer.IP, hook, bridged, outcome));
    }

    private static PacketState translated(
            List<PathElement> stages,
            NamespaceState namespace,
            Hook hook,
            PacketState packet,
            Tracker.Connection connection,
            boolean ofSource) {
        Flow after = connection.translate(ofSource, packet.flow());
        rewritten(stages, namespace, hook, packet.flow(), after, Optional.empty(), connection.isReply());
        return packet.withFlow(after);
    }

    private static void rewritten(
            List<PathElement> stages,
            NamespaceState namespace,
            Hook hook,
            Flow before,
            Flow after,
            Optional<HookOutcome.Decision> by,
            boolean reply) {
        if (!before.equals(after)) {
            stages.add(new Stage.NatRewrite(namespace.name(), hook, before, after, by, reply));
        }
    }

    /** What was translated when it was sent over the loopback is not translated again when it comes in. */
    private static boolean isLoopback(NamespaceState namespace, PacketState packet) {
        return namespace.link(packet.in()).filter(link -> link.isLoopback()).isPresent();
    }

    private static void addVerdict(
            List<PathElement> stages, NamespaceState namespace, Filtering.Layer layer, Hook hook, HookOutcome outcome) {
        if (!outcome.matched().isEmpty() || outcome.verdict() != HookOutcome.Verdict.ACCEPT) {
            stages.add(new Stage.FilterVerdict(namespace.name(), layer, hook, outcome));
        }
    }

    private static Optional<Obstacle> stop(
            NamespaceState namespace, Filtering.Layer layer, Hook hook, boolean bridged, HookOutcome outcome) {
        return switch (outcome.verdict()) {
            case ACCEPT, UNKNOWN -> Optional.empty();
            case DROP, REJECT, QUEUE ->
                Optional.of(new Obstacle.Filtered(namespace.inode(), namespace.name(), layer, hook, bridged, outcome));
        };
    }
}
