package dev.lasthop.netlink.conntrack;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.nftables.NftHeader;
import java.util.Optional;

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
    private static final int BY_DESTINATION = 2; // CTA_FILTER_F_CTA_IP_DST
    private static final int BY_PROTOCOL = 8; // CTA_FILTER_F_CTA_PROTO_NUM
    private static final int BY_DESTINATION_PORT = 32; // CTA_FILTER_F_CTA_PROTO_DST_PORT

    /** Of which of a connection's two flows an address is. */
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

    /** Those of whose flow in a direction the source is this address. */
    static ConntrackFilter from(IpAddress source, Optional<Protocol> protocol, Direction direction) {
        Key<IpAddress> key =
                source.family() == Family.IPV4 ? ConntrackMessage.IPV4_SOURCE : ConntrackMessage.IPV6_SOURCE;
        return of(source.family(), direction, tuple(key.to(source), protocol), BY_SOURCE | flag(protocol));
    }

    /** Those of whose flow in a direction the destination is this address. */
    static ConntrackFilter to(IpAddress destination, Optional<Protocol> protocol, Direction direction) {
        Key<IpAddress> key = destination.family() == Family.IPV4
                ? ConntrackMessage.IPV4_DESTINATION
                : ConntrackMessage.IPV6_DESTINATION;
        return of(
                destination.family(), direction, tuple(key.to(destination), protocol), BY_DESTINATION | flag(protocol));
    }

    private static int flag(Optional<Protocol> protocol) {
        return protocol.isPresent() ? BY_PROTOCOL : 0;
    }

    private static Attributes tuple(Attribute address, Optional<Protocol> protocol) {
        Attributes tuple = Attributes.of(ConntrackMessage.TUPLE_IP.to(Attributes.of(address)));
        return protocol.map(one -> tuple.with(
                        ConntrackMessage.TUPLE_PROTOCOL.to(Attributes.of(ConntrackMessage.NUMBER.to(one.number())))))
                .orElse(tuple);
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
