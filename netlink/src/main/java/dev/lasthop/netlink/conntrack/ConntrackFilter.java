package dev.lasthop.netlink.conntrack;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.nftables.NftHeader;

/**
 * Which connections a dump is to have: a tuple, and {@code CTA_FILTER}, which says what of it counts (since Linux 5.8;
 * include/uapi/linux/netfilter/nfnetlink_conntrack.h and enum ctattr_filter of it).
 *
 * @param family {@code NFPROTO_*}
 */
record ConntrackFilter(int family, Attributes attributes) {
    private static final Key<Attributes> FILTER = Key.flaggedNested(25, "CTA_FILTER");
    private static final Key<Integer> ORIGINAL_FLAGS = Key.u32(1, "CTA_FILTER_ORIG_FLAGS");
    private static final Key<Integer> REPLY_FLAGS = Key.u32(2, "CTA_FILTER_REPLY_FLAGS");
    private static final int BY_SOURCE = 1; // CTA_FILTER_F_CTA_IP_SRC
    private static final int BY_PROTOCOL = 8; // CTA_FILTER_F_CTA_PROTO_NUM
    private static final int BY_SOURCE_PORT = 16; // CTA_FILTER_F_CTA_PROTO_SRC_PORT
    private static final int BY_DESTINATION_PORT = 32; // CTA_FILTER_F_CTA_PROTO_DST_PORT
    private static final int BY_ICMP_ID = 1 << 8; // CTA_FILTER_F_CTA_PROTO_ICMP_ID
    private static final int BY_ICMPV6_ID = 1 << 11; // CTA_FILTER_F_CTA_PROTO_ICMPV6_ID

    /** Of which of a connection's two flows a port is. */
    enum Direction {
        ORIGINAL,
        REPLY
    }

    /** Those whose first packet went to a port, whatever its addresses. */
    static ConntrackFilter toPort(Family family, Protocol protocol, int port) {
        Attributes tuple = Attributes.of(ConntrackMessage.TUPLE_PROTOCOL.to(Attributes.of(
                ConntrackMessage.NUMBER.to(protocol.number()), ConntrackMessage.DESTINATION_PORT.to(port))));
        return of(family, Direction.ORIGINAL, tuple, BY_PROTOCOL | BY_DESTINATION_PORT);
    }

    /** Those of whose flow in a direction the source is this port; of ICMP: whose echo requests have this identifier. */
    static ConntrackFilter fromPort(Family family, Protocol protocol, int port, Direction direction) {
        Attribute source;
        int flag;
        if (!protocol.isIcmp()) {
            source = ConntrackMessage.SOURCE_PORT.to(port);
            flag = BY_SOURCE_PORT;
        } else if (family == Family.IPV4) {
            source = ConntrackMessage.ICMP_ID.to(port);
            flag = BY_ICMP_ID;
        } else {
            source = ConntrackMessage.ICMPV6_ID.to(port);
            flag = BY_ICMPV6_ID;
        }
        Attributes tuple = Attributes.of(ConntrackMessage.TUPLE_PROTOCOL.to(
                Attributes.of(ConntrackMessage.NUMBER.to(protocol.number()), source)));
        return of(family, direction, tuple, BY_PROTOCOL | flag);
    }

    /** Those of whose replies the source is this address. */
    static ConntrackFilter answeredBy(IpAddress source) {
        Key<IpAddress> key =
                source.family() == Family.IPV4 ? ConntrackMessage.IPV4_SOURCE : ConntrackMessage.IPV6_SOURCE;
        Attributes tuple = Attributes.of(ConntrackMessage.TUPLE_IP.to(Attributes.of(key.to(source))));
        return of(source.family(), Direction.REPLY, tuple, BY_SOURCE);
    }

    private static ConntrackFilter of(Family family, Direction direction, Attributes tuple, int flags) {
        boolean reply = direction == Direction.REPLY;
        return new ConntrackFilter(
                family.number(),
                Attributes.of(
                        (reply ? ConntrackMessage.REPLY : ConntrackMessage.ORIGINAL).to(tuple),
                        FILTER.to(Attributes.of(
                                ORIGINAL_FLAGS.to(reply ? 0 : flags), REPLY_FLAGS.to(reply ? flags : 0)))));
    }

    /** The body of the request for the dump. */
    Bytes body() {
        return new NftHeader(family, 0, 0).body(attributes);
    }
}
