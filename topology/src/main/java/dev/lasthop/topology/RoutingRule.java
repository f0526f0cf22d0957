package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import java.util.OptionalInt;

/**
 * A policy routing rule ({@code ip rule}). Selectors that are not set match everything.
 *
 * @param input name of the interface that the packet came in by ({@code lo}: sent by this host); empty for any
 * @param output name of the interface that the socket is bound to; empty for any
 * @param action {@code FR_ACT_*}
 * @param suppressPrefixLength a found route whose prefix is no longer than this does not count
 */
public record RoutingRule(
        Family family,
        long priority,
        Prefix source,
        Prefix destination,
        String input,
        String output,
        int mark,
        int markMask,
        int tos,
        int ipProtocol,
        PortRange sourcePorts,
        PortRange destinationPorts,
        boolean inverted,
        boolean l3MasterDevice,
        Action action,
        int table,
        long gotoPriority,
        OptionalInt suppressPrefixLength,
        boolean hasUserRange) {

    /** {@code FR_ACT_*}, include/uapi/linux/fib_rules.h. */
    public enum Action {
        TABLE,
        GOTO,
        NOP,
        BLACKHOLE,
        UNREACHABLE,
        PROHIBIT,
        OTHER
    }

    /** Both ends belong to it; 0 to 0 is any. */
    public record PortRange(int first, int last) {
        public static final PortRange ANY = new PortRange(0, 0);

        public boolean isAny() {
            return first == 0 && last == 0;
        }

        public boolean contains(int port) {
            return isAny() || port >= first && port <= last;
        }
    }
}
