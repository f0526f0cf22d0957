package dev.lasthop.netlink.conntrack;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.nftables.NftHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A tracked connection ({@code IPCTNL_MSG_CT_NEW}). The attributes are kept as they came. */
public record ConntrackMessage(NftHeader header, Attributes attributes) {
    public static final Key<Attributes> ORIGINAL = Key.flaggedNested(1, "CTA_TUPLE_ORIG");
    public static final Key<Attributes> REPLY = Key.flaggedNested(2, "CTA_TUPLE_REPLY");
    public static final Key<Integer> STATUS = Key.bigEndian32(3, "CTA_STATUS");
    public static final Key<Attributes> PROTOCOL_STATE = Key.flaggedNested(4, "CTA_PROTOINFO");
    public static final Key<Integer> TIMEOUT = Key.bigEndian32(7, "CTA_TIMEOUT");
    public static final Key<Integer> MARK = Key.bigEndian32(8, "CTA_MARK");
    public static final Key<Integer> ID = Key.bigEndian32(12, "CTA_ID");
    public static final Key<Integer> ZONE = Key.bigEndian16(18, "CTA_ZONE");

    static final Key<Attributes> TUPLE_IP = Key.flaggedNested(1, "CTA_TUPLE_IP");
    static final Key<Attributes> TUPLE_PROTOCOL = Key.flaggedNested(2, "CTA_TUPLE_PROTO");
    static final Key<IpAddress> IPV4_SOURCE = Key.address(1, "CTA_IP_V4_SRC");
    static final Key<IpAddress> IPV4_DESTINATION = Key.address(2, "CTA_IP_V4_DST");
    static final Key<IpAddress> IPV6_SOURCE = Key.address(3, "CTA_IP_V6_SRC");
    static final Key<IpAddress> IPV6_DESTINATION = Key.address(4, "CTA_IP_V6_DST");
    static final Key<Integer> NUMBER = Key.u8(1, "CTA_PROTO_NUM");
    static final Key<Integer> SOURCE_PORT = Key.bigEndian16(2, "CTA_PROTO_SRC_PORT");
    static final Key<Integer> DESTINATION_PORT = Key.bigEndian16(3, "CTA_PROTO_DST_PORT");
    static final Key<Integer> ICMP_ID = Key.bigEndian16(4, "CTA_PROTO_ICMP_ID");
    private static final Key<Integer> ICMP_TYPE = Key.u8(5, "CTA_PROTO_ICMP_TYPE");
    private static final Key<Integer> ICMP_CODE = Key.u8(6, "CTA_PROTO_ICMP_CODE");
    static final Key<Integer> ICMPV6_ID = Key.bigEndian16(7, "CTA_PROTO_ICMPV6_ID");
    private static final Key<Attributes> TCP = Key.flaggedNested(1, "CTA_PROTOINFO_TCP");
    private static final Key<Integer> TCP_STATE = Key.u8(1, "CTA_PROTOINFO_TCP_STATE");

    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REQUEST_IPV6 = 128;
    private static final int ECHO_REPLY_IPV6 = 129;

    /** {@code enum tcp_conntrack}. */
    private static final List<String> TCP_STATES = List.of(
            "NONE",
            "SYN_SENT",
            "SYN_RECV",
            "ESTABLISHED",
            "FIN_WAIT",
            "CLOSE_WAIT",
            "LAST_ACK",
            "TIME_WAIT",
            "CLOSE",
            "SYN_SENT2");

    public static ConntrackMessage decode(NetlinkMessage message) {
        ByteBuffer in = message.body().read();
        NftHeader header = NftHeader.decode(in);
        return new ConntrackMessage(header, Attributes.decode(in));
    }

    /** The flow as its first packet came in; empty for a family or protocol that has none. */
    public Optional<Flow> original() {
        return attributes.get(ORIGINAL).flatMap(ConntrackMessage::flow);
    }

    /** The flow that replies are expected to have. */
    public Optional<Flow> reply() {
        return attributes.get(REPLY).flatMap(ConntrackMessage::flow);
    }

    private static Optional<Flow> flow(Attributes tuple) {
        Attributes ip = tuple.get(TUPLE_IP).orElse(Attributes.NONE);
        Attributes protocol = tuple.get(TUPLE_PROTOCOL).orElse(Attributes.NONE);
        Optional<IpAddress> source = ip.get(IPV4_SOURCE).or(() -> ip.get(IPV6_SOURCE));
        Optional<IpAddress> destination = ip.get(IPV4_DESTINATION).or(() -> ip.get(IPV6_DESTINATION));
        if (source.isEmpty()
                || destination.isEmpty()
                || source.get().family() != destination.get().family()) {
            return Optional.empty();
        }
        var number = new Protocol(protocol.get(NUMBER).orElse(0));
        int from = number.isIcmp()
                ? protocol.get(ICMP_ID).or(() -> protocol.get(ICMPV6_ID)).orElse(0)
                : protocol.get(SOURCE_PORT).orElse(0);
        int to = protocol.get(DESTINATION_PORT).orElse(0);
        return Optional.of(new Flow(number, source.get(), from, destination.get(), to));
    }

    /** {@code IPS_*}. */
    public int status() {
        return attributes.get(STATUS).orElse(0);
    }

    /** A TCP connection's state by name; empty for other protocols. */
    public String state() {
        return attributes
                .get(PROTOCOL_STATE)
                .flatMap(info -> info.get(TCP))
                .flatMap(tcp -> tcp.get(TCP_STATE))
                .map(state -> state < TCP_STATES.size() ? TCP_STATES.get(state) : "state " + state)
                .orElse("");
    }

    /** Seconds until it is forgotten. */
    public long timeout() {
        return Integer.toUnsignedLong(attributes.get(TIMEOUT).orElse(0));
    }

    public int mark() {
        return attributes.get(MARK).orElse(0);
    }

    public long id() {
        return Integer.toUnsignedLong(attributes.get(ID).orElse(0));
    }

    public int zone() {
        return attributes.get(ZONE).orElse(0);
    }

    /** What the kernel is told to find the connection by: its tuple, zone and id, as they came. */
    Attributes identity() {
        var identity = new ArrayList<Attribute>();
        for (Attribute attribute : attributes.all()) {
            int type = attribute.type();
            if (type == ORIGINAL.type() || type == ZONE.type() || type == ID.type()) {
                identity.add(attribute);
            }
        }
        return new Attributes(identity);
    }

    /** The attributes of a TCP connection's state. */
    static Attributes tcp(int state) {
        return Attributes.of(TCP.to(Attributes.of(TCP_STATE.to(state))));
    }

    /** The attributes of the tuple of a flow's first packet; for ICMP: of an echo request. */
    static Attributes tuple(Flow flow) {
        return tuple(flow, flow.family() == Family.IPV4 ? ECHO_REQUEST : ECHO_REQUEST_IPV6);
    }

    /** The attributes of the tuple of its replies. */
    static Attributes reply(Flow original) {
        return tuple(original.reversed(), original.family() == Family.IPV4 ? ECHO_REPLY : ECHO_REPLY_IPV6);
    }

    /** The attributes of a flow's tuple. */
    static Attributes tuple(Flow flow, int icmpType) {
        boolean ipv4 = flow.family() == Family.IPV4;
        Attributes ip = ipv4
                ? Attributes.of(IPV4_SOURCE.to(flow.source()), IPV4_DESTINATION.to(flow.destination()))
                : Attributes.of(IPV6_SOURCE.to(flow.source()), IPV6_DESTINATION.to(flow.destination()));
        Attributes protocol = Attributes.of(NUMBER.to(flow.protocol().number()));
        if (flow.protocol().isIcmp()) {
            int shift = ipv4 ? 0 : 3; // the ICMPv6 attributes are the next three
            protocol = protocol.with(new Attribute(
                            ICMP_ID.type() + shift,
                            ICMP_ID.to(flow.sourcePort()).value()))
                    .with(new Attribute(
                            ICMP_TYPE.type() + shift, ICMP_TYPE.to(icmpType).value()))
                    .with(new Attribute(
                            ICMP_CODE.type() + shift, ICMP_CODE.to(0).value()));
        } else {
            protocol =
                    protocol.with(SOURCE_PORT.to(flow.sourcePort())).with(DESTINATION_PORT.to(flow.destinationPort()));
        }
        return Attributes.of(TUPLE_IP.to(ip), TUPLE_PROTOCOL.to(protocol));
    }
}
