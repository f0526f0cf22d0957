package dev.lasthop.path.filter;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.path.Filtering;
import dev.lasthop.path.Hook;
import dev.lasthop.path.PacketState;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.Optional;

/**
 * A packet at a hook: what rules can ask about.
 *
 * @param priority of the chain that is asked; before -200 connection tracking has not looked at the packet yet
 */
record Situation(
        NamespaceState namespace,
        Filtering.Layer layer,
        Hook hook,
        int priority,
        PacketState packet,
        Headers headers,
        boolean isArp,
        FibOracle fib) {
    private static final int CONNTRACK = -200; // NF_IP_PRI_CONNTRACK

    Situation with(PacketState changed) {
        return new Situation(
                namespace, layer, hook, priority, changed, isArp ? headers : Headers.of(changed), isArp, fib);
    }

    Situation at(int newPriority) {
        return new Situation(namespace, layer, hook, newPriority, packet, headers, isArp, fib);
    }

    Family family() {
        return packet.flow().family();
    }

    /** Whether connection tracking has looked at the packet by now. */
    boolean isTracked() {
        boolean early = layer == Filtering.Layer.NETDEV
                || (hook == Hook.PREROUTING || hook == Hook.OUTPUT) && priority <= CONNTRACK;
        return !early;
    }

    /** The interface that rules of this layer see as the input: a bridge's tables see the port. */
    Optional<Link> in() {
        IfIndex port = packet.bridgePortIn();
        return link(layer == Filtering.Layer.BRIDGE && !port.isNone() ? port : packet.in());
    }

    Optional<Link> out() {
        IfIndex port = packet.bridgePortOut();
        return link(layer == Filtering.Layer.BRIDGE && !port.isNone() ? port : packet.out());
    }

    Optional<Link> link(IfIndex index) {
        return index.isNone() ? Optional.empty() : namespace.link(index);
    }
}
