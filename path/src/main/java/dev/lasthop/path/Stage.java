package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.ListeningSocket;
import dev.lasthop.topology.Neighbor;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.RoutingRule;
import java.util.List;
import java.util.Optional;

/** What is done with a packet between two interfaces. */
public sealed interface Stage extends PathElement {
    /** Whose rules, tables or settings are at work. */
    String namespaceName();

    /**
     * A route was looked up.
     *
     * @param input the interface that the packet came in by; empty for what this namespace sends
     * @param rule the policy rule that led to the route's table
     * @param nextHop the neighbour to hand it to: the gateway, or the destination itself
     * @param out the interface that it leaves by; for local destinations, the loopback
     * @param source chosen (for what is sent) or carried (for what is forwarded)
     * @param live how many of the route's next hops are usable: the kernel spreads flows over them, the first is followed here
     */
    record RoutingDecision(
            String namespaceName,
            Optional<Place> input,
            IpAddress destination,
            RoutingRule rule,
            Route route,
            IpAddress nextHop,
            Place out,
            IpAddress source,
            int live)
            implements Stage {}

    /**
     * A bridge chose where a frame goes.
     *
     * @param in the port that it came in by, or the bridge itself for what its own namespace sends
     * @param out where it goes, one for a known address
     */
    record BridgeForwarding(Place bridge, Place in, List<Place> out, Choice choice) implements Stage {
        public BridgeForwarding {
            out = List.copyOf(out);
        }

        @Override
        public String namespaceName() {
            return bridge.namespaceName();
        }

        /** KNOWN: the forwarding database has the address. FLOOD: it has not. LOCAL: it is the bridge's own address. */
        public enum Choice {
            KNOWN,
            FLOOD,
            LOCAL
        }
    }

    /**
     * The next hop's hardware address was found.
     *
     * @param entry the neighbour entry that was there already
     * @param answers who answers (or would answer) for the address on the segment: more than one if it is used twice
     * @param used the address that goes into the frame
     */
    record NeighborResolution(
            Place link, IpAddress nextHop, Optional<Neighbor> entry, List<Answer> answers, MacAddress used)
            implements Stage {
        public NeighborResolution {
            answers = List.copyOf(answers);
        }

        @Override
        public String namespaceName() {
            return link.namespaceName();
        }
    }

    /**
     * An interface that answers for an address.
     *
     * @param proxy whether it answers for somebody else
     */
    record Answer(Place place, MacAddress mac, boolean proxy) {}

    /** The packet filter had its say. */
    record FilterVerdict(String namespaceName, Filtering.Layer layer, Hook hook, HookOutcome outcome)
            implements Stage {}

    /**
     * Addresses or ports were rewritten.
     *
     * @param by the rule; empty where an existing connection's translation was applied
     * @param reply whether it is the reverse translation of a reply
     */
    record NatRewrite(
            String namespaceName, Hook hook, Flow before, Flow after, Optional<HookOutcome.Decision> by, boolean reply)
            implements Stage {}

    /** A connection that was tracked before decides instead of the rules. */
    record OldConnection(String namespaceName, Conntrack.Entry entry) implements Stage {}

    /** The packet was larger than the next link takes, and was allowed to be cut: {@code length} is what it was. */
    record Fragmentation(Place out, int mtu, int length) implements Stage {
        @Override
        public String namespaceName() {
            return out.namespaceName();
        }
    }

    /** The packet was put into a tunnel's packet. */
    record Encapsulation(Place tunnel, int vni, Flow outer) implements Stage {
        @Override
        public String namespaceName() {
            return tunnel.namespaceName();
        }
    }

    /** The packet was taken out of a tunnel's packet. */
    record Decapsulation(Place tunnel, int vni) implements Stage {
        @Override
        public String namespaceName() {
            return tunnel.namespaceName();
        }
    }

    /** An XDP program looks at it: what it does cannot be read. */
    record ForeignProgram(Place at, int program) implements Stage {
        @Override
        public String namespaceName() {
            return at.namespaceName();
        }
    }

    /** It is handed to the namespace's own stack. */
    record LocalDelivery(String namespaceName, Place in, Optional<ListeningSocket> socket) implements Stage {}
}
