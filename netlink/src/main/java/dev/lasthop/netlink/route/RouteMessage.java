package dev.lasthop.netlink.route;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A route: {@code struct rtmsg} and its attributes (include/uapi/linux/rtnetlink.h).
 *
 * @param shortTable the table if it is below 256; {@link #TABLE} has it in any case
 * @param protocol who made it, {@code RTPROT_*}
 * @param scope {@code RT_SCOPE_*}
 * @param type {@code RTN_*}
 * @param flags {@code RTM_F_*} and {@code RTNH_F_*}
 */
public record RouteMessage(
        int family,
        int destinationLength,
        int sourceLength,
        int tos,
        int shortTable,
        int protocol,
        int scope,
        int type,
        int flags,
        Attributes attributes)
        implements Rtnetlink {
    public static final int NEW = 24; // RTM_NEWROUTE
    public static final int DELETE = 25; // RTM_DELROUTE
    public static final int GET = 26; // RTM_GETROUTE

    public static final Key<IpAddress> DESTINATION = Key.address(1, "RTA_DST");
    public static final Key<IpAddress> SOURCE = Key.address(2, "RTA_SRC");
    public static final Key<Integer> INPUT = Key.u32(3, "RTA_IIF");
    public static final Key<Integer> OUTPUT = Key.u32(4, "RTA_OIF");
    public static final Key<IpAddress> GATEWAY = Key.address(5, "RTA_GATEWAY");
    public static final Key<Integer> PRIORITY = Key.u32(6, "RTA_PRIORITY");
    public static final Key<IpAddress> PREFERRED_SOURCE = Key.address(7, "RTA_PREFSRC");
    public static final Key<Attributes> METRICS = Key.nested(8, "RTA_METRICS");
    public static final Key<List<RouteHop>> MULTIPATH = RouteHop.listKey(9, "RTA_MULTIPATH");
    public static final Key<Bytes> CACHE = Key.bytes(12, "RTA_CACHEINFO");
    public static final Key<Integer> TABLE = Key.u32(15, "RTA_TABLE");
    public static final Key<Integer> MARK = Key.u32(16, "RTA_MARK");

    /** A gateway of another family: IPv4 by way of an IPv6 neighbour. */
    public static final Key<IpAddress> VIA = RouteHop.viaKey(18, "RTA_VIA");

    public static final Key<Integer> PREFERENCE = Key.u8(20, "RTA_PREF");
    public static final Key<Integer> ENCAP_TYPE = Key.u16(21, "RTA_ENCAP_TYPE");
    public static final Key<Bytes> ENCAP = Key.bytes(22, "RTA_ENCAP");
    public static final Key<Integer> UID = Key.u32(25, "RTA_UID");
    public static final Key<Integer> IP_PROTOCOL = Key.u8(27, "RTA_IP_PROTO");
    public static final Key<Integer> SOURCE_PORT = Key.bigEndian16(28, "RTA_SPORT");
    public static final Key<Integer> DESTINATION_PORT = Key.bigEndian16(29, "RTA_DPORT");
    public static final Key<Integer> NEXT_HOP_ID = Key.u32(30, "RTA_NH_ID");

    // Within METRICS
    public static final Key<Integer> METRIC_LOCK = Key.u32(1, "RTAX_LOCK");
    public static final Key<Integer> METRIC_MTU = Key.u32(2, "RTAX_MTU");
    public static final Key<Integer> METRIC_ADVMSS = Key.u32(8, "RTAX_ADVMSS");

    public static final int TABLE_MAIN = 254;
    public static final int TABLE_LOCAL = 255;
    public static final int PROTOCOL_KERNEL = 2;
    public static final int PROTOCOL_BOOT = 3;
    public static final int PROTOCOL_STATIC = 4;
    public static final int SCOPE_UNIVERSE = 0;
    public static final int SCOPE_LINK = 253;
    public static final int SCOPE_HOST = 254;
    public static final int SCOPE_NOWHERE = 255;
    public static final int UNICAST = 1; // RTN_UNICAST
    public static final int LOCAL = 2;
    public static final int BLACKHOLE = 6;
    public static final int UNREACHABLE = 7;
    public static final int PROHIBIT = 8;
    public static final int THROW = 9;

    /** Set on an entry that the kernel made for one destination, as a learnt path MTU is kept ({@code RTM_F_CLONED}). */
    public static final int CLONED = 0x200;

    static final int LOOKUP_TABLE = 0x1000; // RTM_F_LOOKUP_TABLE: say which table answered
    static final int FIB_MATCH = 0x2000; // RTM_F_FIB_MATCH: answer with the entry itself

    private static final int HEADER = 12;

    /** All routes of a family, of all tables. */
    static RouteMessage all(Family family, int flags) {
        return new RouteMessage(family.number(), 0, 0, 0, 0, 0, 0, 0, flags, Attributes.NONE);
    }

    /**
     * A route to a destination.
     *
     * @param type {@link #UNICAST}, {@link #BLACKHOLE} …
     * @param scope {@link #SCOPE_LINK} for a route without a gateway
     */
    public static RouteMessage of(Prefix destination, int table, int protocol, int scope, int type, Attribute... more) {
        Attributes attributes = Attributes.NONE;
        if (destination.length() > 0) {
            attributes = attributes.with(DESTINATION.to(destination.first()));
        }
        attributes = attributes.with(TABLE.to(table));
        return new RouteMessage(
                destination.family().number(),
                destination.length(),
                0,
                0,
                table < 256 ? table : 252, // RT_TABLE_COMPAT: look into the attribute
                protocol,
                scope,
                type,
                0,
                Layout.joined(attributes, more));
    }

    /** A route by way of a gateway. */
    public static RouteMessage via(Prefix destination, IpAddress gateway, int table, int protocol) {
        Attribute next = gateway.family() == destination.family() ? GATEWAY.to(gateway) : VIA.to(gateway);
        return of(destination, table, protocol, SCOPE_UNIVERSE, UNICAST, next);
    }

    /** A route to destinations on the link itself. */
    public static RouteMessage onLink(Prefix destination, IfIndex link, int table, int protocol) {
        return of(destination, table, protocol, SCOPE_LINK, UNICAST, OUTPUT.to(link.value()));
    }

    public RouteMessage with(Attribute... more) {
        return withFlags(flags, Layout.joined(attributes, more));
    }

    public RouteMessage withFlags(int newFlags) {
        return withFlags(newFlags, attributes);
    }

    private RouteMessage withFlags(int newFlags, Attributes all) {
        return new RouteMessage(
                family, destinationLength, sourceLength, tos, shortTable, protocol, scope, type, newFlags, all);
    }

    public int table() {
        return attributes.get(TABLE).orElse(shortTable);
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        String to = attributes
                .get(DESTINATION)
                .map(address -> address + "/" + destinationLength)
                .orElse("default");
        return "route " + to + (table() == TABLE_MAIN ? "" : " in table " + Integer.toUnsignedString(table()));
    }

    @Override
    public Bytes encode() {
        return Layout.encode(
                HEADER,
                out -> out.put((byte) family)
                        .put((byte) destinationLength)
                        .put((byte) sourceLength)
                        .put((byte) tos)
                        .put((byte) shortTable)
                        .put((byte) protocol)
                        .put((byte) scope)
                        .put((byte) type)
                        .putInt(flags),
                attributes);
    }

    public static RouteMessage decode(ByteBuffer in) {
        Layout.require(in, HEADER, "rtmsg");
        int start = in.position();
        int[] head = new int[8];
        for (int i = 0; i < head.length; i++) {
            head[i] = Byte.toUnsignedInt(in.get());
        }
        int flags = in.getInt();
        return new RouteMessage(
                head[0],
                head[1],
                head[2],
                head[3],
                head[4],
                head[5],
                head[6],
                head[7],
                flags,
                Layout.tail(in, start, HEADER));
    }
}
