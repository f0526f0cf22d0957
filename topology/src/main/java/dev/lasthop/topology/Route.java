package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A route.
 *
 * @param source the sources that it is for; {@code /0} for all
 * @param protocol who made it, {@code RTPROT_*}
 * @param scope {@code RT_SCOPE_*}: 0 universe, 253 link, 254 host
 * @param priority the metric; the lower, the better
 * @param nextHops none for a blackhole and its like; several for a multipath route
 * @param mtu {@code RTAX_MTU}, where it is set
 * @param nextHopId {@code RTA_NH_ID}: of the next hop object that its next hops, or its type, are those of
 */
public record Route(
        int table,
        Type type,
        Prefix destination,
        Prefix source,
        int tos,
        int protocol,
        int scope,
        long priority,
        List<NextHop> nextHops,
        Optional<IpAddress> preferredSource,
        OptionalInt mtu,
        OptionalInt nextHopId) {
    public static final int TABLE_DEFAULT = 253;
    public static final int TABLE_MAIN = 254;
    public static final int TABLE_LOCAL = 255;

    public static final int SCOPE_UNIVERSE = 0;
    public static final int SCOPE_LINK = 253;
    public static final int SCOPE_HOST = 254;

    public Route {
        nextHops = List.copyOf(nextHops);
    }

    public Family family() {
        return destination.family();
    }

    /** {@code RTN_*}, include/uapi/linux/rtnetlink.h. */
    public enum Type {
        UNSPECIFIED,
        UNICAST,
        LOCAL,
        BROADCAST,
        ANYCAST,
        MULTICAST,
        BLACKHOLE,
        UNREACHABLE,
        PROHIBIT,
        THROW,
        NAT,
        EXTERNAL_RESOLVER
    }

    /** @param flags {@code RTNH_F_*} */
    public record NextHop(Optional<IpAddress> gateway, IfIndex link, int weight, int flags) {
        public static final int DEAD = 1;
        public static final int ONLINK = 4;
        public static final int LINK_DOWN = 16;
    }
}
