package dev.lasthop.path;

import dev.lasthop.address.IfIndex;
import dev.lasthop.topology.NamespaceState;
import java.util.Optional;

/** What the packet filter of a namespace does with a packet at a hook. */
@FunctionalInterface
public interface Filtering {
    /** Accepts everything. */
    Filtering NONE = (namespace, layer, hook, packet) -> HookOutcome.untouched(packet);

    HookOutcome decide(NamespaceState namespace, Layer layer, Hook hook, PacketState packet);

    /** The rule that drops this ARP packet, if one does. Layers are IP, for the tables of family arp, and BRIDGE. */
    default Optional<HookOutcome.Decision> dropsArp(
            NamespaceState namespace, Layer layer, Hook hook, IfIndex in, IfIndex out, Arp arp) {
        return Optional.empty();
    }

    /** Which of the kernel's sets of hooks. */
    enum Layer {
        /** Families ip, ip6 and inet. */
        IP,
        /** Family bridge. */
        BRIDGE,
        /** Family netdev. */
        NETDEV
    }
}
