package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.nftables.NftHeader;
import java.util.ArrayList;
import java.util.List;

/** Deleting tracked connections (include/uapi/linux/netfilter/nfnetlink_conntrack.h). */
final class ConnectionTracking {
    private static final int DELETE = 1 << 8 | 2; // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE

    private static final Key<Attributes> TUPLE_ORIGINAL = Key.flaggedNested(1, "CTA_TUPLE_ORIG");
    private static final Key<Attributes> TUPLE_IP = Key.flaggedNested(1, "CTA_TUPLE_IP");
    private static final Key<Attributes> TUPLE_PROTOCOL = Key.flaggedNested(2, "CTA_TUPLE_PROTO");
    private static final Key<IpAddress> V4_SOURCE = Key.address(1, "CTA_IP_V4_SRC");
    private static final Key<IpAddress> V4_DESTINATION = Key.address(2, "CTA_IP_V4_DST");
    private static final Key<IpAddress> V6_SOURCE = Key.address(3, "CTA_IP_V6_SRC");
    private static final Key<IpAddress> V6_DESTINATION = Key.address(4, "CTA_IP_V6_DST");
    private static final Key<Integer> NUMBER = Key.u8(1, "CTA_PROTO_NUM");
    private static final Key<Integer> SOURCE_PORT = Key.bigEndian16(2, "CTA_PROTO_SRC_PORT");
    private static final Key<Integer> DESTINATION_PORT = Key.bigEndian16(3, "CTA_PROTO_DST_PORT");
    private static final Key<Integer> ICMP_ID = Key.bigEndian16(4, "CTA_PROTO_ICMP_ID");
    private static final Key<Integer> ICMP_TYPE = Key.u8(5, "CTA_PROTO_ICMP_TYPE");
    private static final Key<Integer> ICMP_CODE = Key.u8(6, "CTA_PROTO_ICMP_CODE");
    private static final Key<Integer> ICMPV6_ID = Key.bigEndian16(7, "CTA_PROTO_ICMPV6_ID");
    private static final Key<Integer> ICMPV6_TYPE = Key.u8(8, "CTA_PROTO_ICMPV6_TYPE");
    private static final Key<Integer> ICMPV6_CODE = Key.u8(9, "CTA_PROTO_ICMPV6_CODE");

    private ConnectionTracking() {}

    static void delete(Site site, Flow original) {
        Attributes tuple = Attributes.of(TUPLE_IP.to(addresses(original)), TUPLE_PROTOCOL.to(protocol(original)));
        NftHeader header = new NftHeader(original.family().number(), 0, 0);
        String operation = "delete the tracked connection " + original;
        site.change(
                operation,
                () -> site.netfilter()
                        .request(operation, DELETE, 0, header.body(Attributes.of(TUPLE_ORIGINAL.to(tuple)))));
    }

    private static Attributes addresses(Flow flow) {
        return flow.family() == Family.IPV4
                ? Attributes.of(V4_SOURCE.to(flow.source()), V4_DESTINATION.to(flow.destination()))
                : Attributes.of(V6_SOURCE.to(flow.source()), V6_DESTINATION.to(flow.destination()));
    }

    private static Attributes protocol(Flow flow) {
        List<Attribute> all = new ArrayList<>();
        all.add(NUMBER.to(flow.protocol().number()));
        if (flow.protocol().equals(Protocol.ICMP)) { // echo request, type 8 code 0
            all.addAll(List.of(ICMP_ID.to(flow.sourcePort()), ICMP_TYPE.to(8), ICMP_CODE.to(0)));
        } else if (flow.protocol().equals(Protocol.ICMPV6)) { // echo request, type 128 code 0
            all.addAll(List.of(ICMPV6_ID.to(flow.sourcePort()), ICMPV6_TYPE.to(128), ICMPV6_CODE.to(0)));
        } else if (flow.protocol().hasPorts()) {
            all.addAll(List.of(SOURCE_PORT.to(flow.sourcePort()), DESTINATION_PORT.to(flow.destinationPort())));
        }
        return new Attributes(all);
    }
}
