package dev.lasthop.netlink.route;

import static dev.lasthop.netlink.Hex.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Hex;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each message as it stands on the wire, both ways, and what damaged bytes do. */
class MessagesTest {
    private static final IfIndex THREE = new IfIndex(3);

    private static final String VETH = """
            00 00 00 00               # family AF_UNSPEC, reserved, type
            00 00 00 00               # index
            00 00 00 00  00 00 00 00  # flags, change
            09 00 03 00               # IFLA_IFNAME, 9 bytes
            65 74 68 30  00 00 00 00  #   "eth0", padding
            30 00 12 00               # IFLA_LINKINFO, 48 bytes
            09 00 01 00               #   IFLA_INFO_KIND, 9 bytes
            76 65 74 68  00 00 00 00  #     "veth", padding
            20 00 02 00               #   IFLA_INFO_DATA, 32 bytes
            1c 00 01 00               #     VETH_INFO_PEER, 28 bytes: an ifinfomsg of its own
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
            07 00 03 00  76 30 00 00  #       IFLA_IFNAME "v0", padding
            """;

    private static final String ADDRESS = """
            02                        # family AF_INET
            18                        # prefix length 24
            00                        # flags
            00                        # scope universe
            03 00 00 00               # index
            08 00 02 00  0a 00 00 01  # IFA_LOCAL 10.0.0.1
            08 00 01 00  0a 00 00 01  # IFA_ADDRESS 10.0.0.1
            08 00 04 00  0a 00 00 ff  # IFA_BROADCAST 10.0.0.255
            """;

    private static final String ROUTE = """
            02                        # family AF_INET
            10  00  00                # destination 16 bits, source 0 bits, TOS
            fc                        # RT_TABLE_COMPAT: the attribute has it
            04  00  01                # RTPROT_STATIC, scope universe, RTN_UNICAST
            00 00 00 00               # flags
            08 00 01 00  0a 08 00 00  # RTA_DST 10.8.0.0
            08 00 0f 00  e8 03 00 00  # RTA_TABLE 1000
            28 00 09 00               # RTA_MULTIPATH, 40 bytes
            10 00  00  00  03 00 00 00  #   16 bytes, flags, weight 1, link 3
            08 00 05 00  0a 00 00 02  #     RTA_GATEWAY 10.0.0.2
            14 00  04  02  03 00 00 00  # 20 bytes, RTNH_F_ONLINK, weight 3, link 3
            0a 00 12 00  02 00        #     RTA_VIA, AF_INET
            0a 00 00 03  00 00        #       10.0.0.3, padding
            """;

    private static final String RULE = """
            0a                        # family AF_INET6
            00  40  00                # destination 0 bits, source 64 bits, TOS
            fe                        # table main
            00 00                     # reserved
            01                        # FR_ACT_TO_TBL
            00 00 00 00               # flags
            08 00 06 00  32 00 00 00  # FRA_PRIORITY 50
            08 00 0f 00  fe 00 00 00  # FRA_TABLE 254
            14 00 02 00               # FRA_SRC
            fd 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
            08 00 18 00  50 00 5a 00  # FRA_DPORT_RANGE 80-90
            """;

    private static final String REMOTE = """
            07  00  00 00             # family AF_BRIDGE, padding
            03 00 00 00               # index
            c0 00                     # NUD_NOARP | NUD_PERMANENT
            02  00                    # NTF_SELF, type
            0a 00 02 00  02 00 00 00 00 42 00 00  # NDA_LLADDR, padding
            08 00 01 00  c0 00 02 02  # NDA_DST 192.0.2.2
            """;

    private static final String NEXT_HOP = """
            02  00  04  00            # family AF_INET, scope, RTPROT_STATIC, reserved
            00 00 00 00               # flags
            08 00 01 00  09 00 00 00  # NHA_ID 9
            14 00 02 00               # NHA_GROUP
            07 00 00 00  02  01 00 00  #   id 7, weight 3 + 256, reserved
            08 00 00 00  00  00 00 00  #   id 8, weight 1
            """;

    private static final String NETCONF = """
            02  00 00 00              # family AF_INET, padding
            08 00 01 00  03 00 00 00  # NETCONFA_IFINDEX 3
            08 00 02 00  01 00 00 00  # NETCONFA_FORWARDING 1
            """;

    private static final String NAMESPACE_ID = """
            00  00 00 00              # family AF_UNSPEC, padding
            08 00 01 00  ff ff ff ff  # NETNSA_NSID: not assigned
            """;

    private static final String TOKEN_BUCKET = """
            00  00 00 00              # family, padding
            03 00 00 00               # index
            00 00 01 00               # handle 1:
            ff ff ff ff               # parent TC_H_ROOT
            00 00 00 00               # info
            08 00 01 00  74 62 66 00  # TCA_KIND "tbf"
            34 00 02 00               # TCA_OPTIONS, 52 bytes
            28 00 01 00               #   TCA_TBF_PARMS, 40 bytes
            00  01  00 00             #     rate: cell log, TC_LINKLAYER_ETHERNET, overhead
            00 00  00 00              #     cell align, mpu
            d0 12 13 00               #     1,250,000 bytes a second
            00 00 00 00  00 00 00 00  00 00 00 00  # peak rate: none
            f8 24 01 00               #     limit 75,000 bytes
            00 00 00 00  00 00 00 00  #     buffer, mtu
            08 00 06 00  d4 30 00 00  #   TCA_TBF_BURST 12,500 bytes
            """;

    private static final String REDIRECTION = """
            00  00 00 00              # family, padding
            03 00 00 00               # index
            00 00 00 00               # handle
            f2 ff ff ff               # parent: ingress of clsact
            00 03 48 4c               # protocol ETH_P_ALL (big endian), priority 19528
            08 00 01 00  75 33 32 00  # TCA_KIND "u32"
            60 00 02 00               # TCA_OPTIONS, 96 bytes
            38 00 07 00               #   TCA_U32_ACT, 56 bytes
            34 00 01 00               #     action 1, 52 bytes
            0b 00 01 00  6d 69 72 72  65 64 00 00  # TCA_ACT_KIND "mirred", padding
            24 00 02 80               #       TCA_ACT_OPTIONS, nested, 36 bytes
            20 00 02 00               #         TCA_MIRRED_PARMS, 32 bytes
            00 00 00 00  00 00 00 00  #           index, capabilities
            04 00 00 00               #           TC_ACT_STOLEN
            00 00 00 00  00 00 00 00  #           references, bound
            01 00 00 00               #           TCA_EGRESS_REDIR
            04 00 00 00               #           link number 4
            24 00 05 00               #   TCA_U32_SEL, 36 bytes
            01  00  01  00            #     TC_U32_TERMINAL, shift, 1 key, padding
            00 00  00 00  00 00  00 00  00 00 00 00  # offset mask, offsets, hash mask
            00 00 00 00  00 00 00 00  #     key: mask, value
            00 00 00 00  00 00 00 00  #     offset, offset mask
            """;

    private static final String VXLAN = """
            00 00 00 00               # family AF_UNSPEC, reserved, type
            00 00 00 00               # index
            00 00 00 00  00 00 00 00  # flags, change
            08 00 03 00               # IFLA_IFNAME, 8 bytes
            76 78 30 00               #   "vx0"
            5c 00 12 00               # IFLA_LINKINFO, 92 bytes
            0a 00 01 00               #   IFLA_INFO_KIND, 10 bytes
            76 78 6c 61  6e 00 00 00  #     "vxlan", padding
            4c 00 02 00               #   IFLA_INFO_DATA, 76 bytes
            08 00 01 00  2a 00 00 00  #     IFLA_VXLAN_ID 42
            05 00 05 00  40 00 00 00  #     IFLA_VXLAN_TTL 64, padding
            05 00 07 00  00 00 00 00  #     IFLA_VXLAN_LEARNING off
            08 00 0a 00  c0 00 ff ff  #     IFLA_VXLAN_PORT_RANGE 49152-65535, big endian
            06 00 0f 00  12 b5 00 00  #     IFLA_VXLAN_PORT 4789, big endian
            05 00 12 00  01 00 00 00  #     IFLA_VXLAN_UDP_CSUM on
            05 00 13 00  00 00 00 00  #     IFLA_VXLAN_UDP_ZERO_CSUM6_TX off
            05 00 14 00  01 00 00 00  #     IFLA_VXLAN_UDP_ZERO_CSUM6_RX on
            05 00 1d 00  02 00 00 00  #     IFLA_VXLAN_DF inherit
            """;

    /** MM stands for the mode. */
    private static final String IPVLAN = """
            00 00 00 00               # family AF_UNSPEC, reserved, type
            00 00 00 00               # index
            00 00 00 00  00 00 00 00  # flags, change
            07 00 03 00  65 30 00 00  # IFLA_IFNAME "e0", padding
            1c 00 12 00               # IFLA_LINKINFO, 28 bytes
            0b 00 01 00               #   IFLA_INFO_KIND, 11 bytes
            69 70 76 6c  61 6e 00 00  #     "ipvlan", padding
            0c 00 02 00               #   IFLA_INFO_DATA, 12 bytes
            06 00 01 00  MM 00 00 00  #     IFLA_IPVLAN_MODE, padding
            08 00 05 00  03 00 00 00  # IFLA_LINK 3
            08 00 04 00  78 05 00 00  # IFLA_MTU 1400
            """;

    /** What iproute2 6.1 was seen to send for {@code ip link add link … name e0 mtu 1400 type ipvlan mode …}; MM stands for the mode. */
    private static final String IPVLAN_OF_IPROUTE2 = """
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
            08 00 04 00  78 05 00 00  # IFLA_MTU 1400
            08 00 05 00  03 00 00 00  # IFLA_LINK 3
            07 00 03 00  65 30 00 00  # IFLA_IFNAME "e0", padding
            24 00 12 00               # IFLA_LINKINFO, 36 bytes
            0a 00 01 00               #   IFLA_INFO_KIND, 10 bytes
            69 70 76 6c  61 6e 00 00  #     "ipvlan", not terminated; padding
            14 00 02 00               #   IFLA_INFO_DATA, 20 bytes
            06 00 01 00  MM 00 00 00  #     IFLA_IPVLAN_MODE, padding
            06 00 02 00  00 00 00 00  #     IFLA_IPVLAN_FLAGS: bridge, padding
            """;

    private static final String PORT_VLANS = """
            07 00 00 00               # family AF_BRIDGE, reserved, type
            03 00 00 00               # index
            00 00 00 00  00 00 00 00  # flags, change
            1c 00 1a 00               # IFLA_AF_SPEC, 28 bytes
            08 00 02 00               #   IFLA_BRIDGE_VLAN_INFO
            06 00  0a 00              #     PVID | UNTAGGED, VLAN 10
            08 00 02 00               #   IFLA_BRIDGE_VLAN_INFO
            08 00  14 00              #     RANGE_BEGIN, VLAN 20
            08 00 02 00               #   IFLA_BRIDGE_VLAN_INFO
            10 00  1d 00              #     RANGE_END, VLAN 29
            """;

    private static final String BRIDGE_VLAN = """
            07 00 00 00               # family AF_BRIDGE, reserved, type
            03 00 00 00               # index
            00 00 00 00  00 00 00 00  # flags, change
            14 00 1a 00               # IFLA_AF_SPEC, 20 bytes
            06 00 00 00  02 00 00 00  #   IFLA_BRIDGE_FLAGS: BRIDGE_FLAGS_SELF, padding
            08 00 02 00               #   IFLA_BRIDGE_VLAN_INFO
            00 00  0a 00              #     tagged, VLAN 10
            """;

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                one(
                        "a veth",
                        VETH,
                        LinkMessage.veth("eth0", LinkMessage.of(LinkMessage.IFNAME.to("v0"))),
                        LinkMessage::decode),
                one(
                        "a VXLAN",
                        VXLAN,
                        LinkMessage.create(
                                "vx0",
                                "vxlan",
                                LinkKinds.Vxlan.ID.to(42),
                                LinkKinds.Vxlan.TTL.to(64),
                                LinkKinds.Vxlan.LEARNING.to(0),
                                LinkKinds.Vxlan.PORT_RANGE.to(new PortRange(49152, 65535)),
                                LinkKinds.Vxlan.PORT.to(4789),
                                LinkKinds.Vxlan.UDP_CSUM.to(1),
                                LinkKinds.Vxlan.UDP_ZERO_CSUM6_TX.to(0),
                                LinkKinds.Vxlan.UDP_ZERO_CSUM6_RX.to(1),
                                LinkKinds.Vxlan.DF.to(2)),
                        LinkMessage::decode),
                one("an ipvlan, l2", IPVLAN.replace("MM", "00"), ipvlan(0), LinkMessage::decode),
                one("an ipvlan, l3", IPVLAN.replace("MM", "01"), ipvlan(1), LinkMessage::decode),
                one("an ipvlan, l3s", IPVLAN.replace("MM", "02"), ipvlan(2), LinkMessage::decode),
                one(
                        "VLANs of a bridge's port",
                        PORT_VLANS,
                        LinkKinds.BridgeVlans.of(
                                THREE,
                                new BridgeVlan(BridgeVlan.PVID | BridgeVlan.UNTAGGED, 10),
                                new BridgeVlan(BridgeVlan.RANGE_BEGIN, 20),
                                new BridgeVlan(BridgeVlan.RANGE_END, 29)),
                        LinkMessage::decode),
                one(
                        "a VLAN of a bridge itself",
                        BRIDGE_VLAN,
                        LinkKinds.BridgeVlans.ofBridge(THREE, new BridgeVlan(0, 10)),
                        LinkMessage::decode),
                one(
                        "a token bucket",
                        TOKEN_BUCKET,
                        QdiscMessage.of(
                                THREE,
                                0x10000,
                                QdiscMessage.ROOT,
                                "tbf",
                                TrafficControl.Tbf.options(1_250_000, 12_500, 75_000)),
                        QdiscMessage::decode),
                one(
                        "a redirection",
                        REDIRECTION,
                        FilterMessage.of(
                                THREE,
                                FilterMessage.RECEIVED,
                                19528,
                                FilterMessage.ALL,
                                "u32",
                                TrafficControl.U32.action(TrafficControl.Action.redirect(new IfIndex(4))),
                                TrafficControl.U32.everything()),
                        FilterMessage::decode),
                one(
                        "an address",
                        ADDRESS,
                        AddressMessage.of(THREE, Prefix.parse("10.0.0.1/24")),
                        AddressMessage::decode),
                one("a multipath route", ROUTE, multipath(), RouteMessage::decode),
                one(
                        "a rule",
                        RULE,
                        RuleMessage.of(
                                        Family.IPV6,
                                        50,
                                        254,
                                        RuleMessage.SOURCE.to(ip("fd00::")),
                                        RuleMessage.DESTINATION_PORTS.to(new RuleMessage.Ports(80, 90)))
                                .withLengths(64, 0),
                        RuleMessage::decode),
                one(
                        "a remote",
                        REMOTE,
                        NeighborMessage.behindRemote(THREE, MacAddress.parse("02:00:00:00:00:42"), ip("192.0.2.2")),
                        NeighborMessage::decode),
                one("a next hop", NEXT_HOP, group(), NextHopMessage::decode),
                one(
                        "settings",
                        NETCONF,
                        new NetconfMessage(
                                2, Attributes.of(NetconfMessage.IFINDEX.to(3), NetconfMessage.FORWARDING.to(1))),
                        NetconfMessage::decode),
                one(
                        "a namespace id",
                        NAMESPACE_ID,
                        NamespaceIdMessage.of(NamespaceIdMessage.ID.to(NamespaceIdMessage.NONE)),
                        NamespaceIdMessage::decode));
    }

    private static Arguments one(
            String name, String golden, Rtnetlink message, Function<ByteBuffer, Rtnetlink> decoder) {
        return Arguments.of(Named.of(name, golden), message, decoder);
    }

    private static LinkMessage ipvlan(int mode) {
        return LinkMessage.create("e0", "ipvlan", LinkKinds.Ipvlan.MODE.to(mode))
                .with(LinkMessage.LINK.to(3), LinkMessage.MTU.to(1400));
    }

    private static RouteMessage multipath() {
        return RouteMessage.of(
                Prefix.parse("10.8.0.0/16"),
                1000,
                RouteMessage.PROTOCOL_STATIC,
                RouteMessage.SCOPE_UNIVERSE,
                RouteMessage.UNICAST,
                RouteMessage.MULTIPATH.to(List.of(
                        new RouteHop(0, 0, THREE, Attributes.of(RouteMessage.GATEWAY.to(ip("10.0.0.2")))),
                        new RouteHop(4, 2, THREE, Attributes.of(RouteMessage.VIA.to(ip("10.0.0.3")))))));
    }

    private static NextHopMessage group() {
        return new NextHopMessage(
                2,
                0,
                4,
                0,
                Attributes.of(
                        NextHopMessage.ID.to(9),
                        NextHopMessage.GROUP.to(
                                List.of(new NextHopMessage.Member(7, 258), new NextHopMessage.Member(8, 0)))));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void isWrittenAndReadAsTheKernelDoes(String golden, Rtnetlink message, Function<ByteBuffer, Rtnetlink> decoder) {
        assertThat(message.encode()).isEqualTo(bytes(golden));
        assertThat(decoder.apply(bytes(golden).read())).isEqualTo(message);
        assertThat(message.words()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void keepsAnAttributeThatItDoesNotKnow(String golden, Rtnetlink message, Function<ByteBuffer, Rtnetlink> decoder) {
        Bytes wire = bytes(golden + "06 00 ff bf  ab cd 00 00 # from the future, NLA_F_NESTED");
        assertThat(decoder.apply(wire.read()).encode()).isEqualTo(wire);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void anyBytesAreAMessageOrRefused(String golden, Rtnetlink message, Function<ByteBuffer, Rtnetlink> decoder) {
        Hex.damage(bytes(golden), some -> {
            Rtnetlink read = decoder.apply(some.read());
            assertThat(decoder.apply(read.encode().read())).isEqualTo(read);
            assertThat(read.words()).isNotNull();
            keys(read).forEach(key -> read.attributes().get(key));
        });
    }

    private static List<Key<?>> keys(Rtnetlink message) {
        return switch (message) {
            case LinkMessage link ->
                List.of(
                        LinkMessage.IFNAME,
                        LinkMessage.STATS64,
                        LinkMessage.LINKINFO,
                        LinkMessage.XDP,
                        LinkMessage.AF_SPEC);
            case AddressMessage address -> List.of(AddressMessage.LOCAL, AddressMessage.FLAGS);
            case RouteMessage route -> List.of(RouteMessage.MULTIPATH, RouteMessage.VIA, RouteMessage.METRICS);
            case RuleMessage rule -> List.of(RuleMessage.SOURCE, RuleMessage.DESTINATION_PORTS);
            case NeighborMessage neighbor -> List.of(NeighborMessage.DESTINATION, NeighborMessage.PORT);
            case NextHopMessage hop -> List.of(NextHopMessage.GROUP, NextHopMessage.GATEWAY);
            case NetconfMessage netconf -> List.of(NetconfMessage.FORWARDING);
            case NamespaceIdMessage id -> List.of(NamespaceIdMessage.ID);
            case QdiscMessage qdisc -> List.of(QdiscMessage.KIND, QdiscMessage.STATISTICS);
            case FilterMessage filter -> List.of(FilterMessage.OPTIONS, FilterMessage.CHAIN);
        };
    }

    @Test
    void aDamagedPartSaysWhichItIs() {
        assertThatThrownBy(() -> LinkMessage.decode(bytes("00 00 00").read()))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("ifinfomsg cut short: 3 bytes, not 16");
        var statistics = Attributes.of(new Attribute(23, Bytes.of(new byte[12])));
        assertThatThrownBy(() -> statistics.get(LinkMessage.STATS64))
                .hasMessage("IFLA_STATS64 is 12 bytes, not a multiple of 8 and at least 64");
        var via = Attributes.of(new Attribute(18, bytes("02 00 0a 00 00")));
        assertThatThrownBy(() -> via.get(RouteMessage.VIA)).hasMessage("RTA_VIA has 3 bytes of address family 2");
        var hop = Attributes.of(new Attribute(9, bytes("0c 00 00 00 03 00 00 00")));
        assertThatThrownBy(() -> hop.get(RouteMessage.MULTIPATH))
                .hasMessage("RTA_MULTIPATH: a hop says 12 bytes, 8 are left");
    }

    @Test
    void aRangeOfPortsIsReadInNetworkOrder() {
        var data = Attributes.of(LinkKinds.Vxlan.PORT_RANGE.to(new PortRange(1, 65535)));
        assertThat(data.get(LinkKinds.Vxlan.PORT_RANGE)).contains(new PortRange(1, 65535));
        var damaged = Attributes.of(new Attribute(10, bytes("00 01 ff")));
        assertThatThrownBy(() -> damaged.get(LinkKinds.Vxlan.PORT_RANGE))
                .hasMessage("IFLA_VXLAN_PORT_RANGE is 3 bytes, not 4");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void anIpvlanOfIproute2SaysTheSame(int mode) {
        Bytes sent = bytes(IPVLAN_OF_IPROUTE2.replace("MM", "0" + mode));
        LinkMessage theirs = LinkMessage.decode(sent.read());
        LinkMessage ours = ipvlan(mode);
        assertThat(theirs.encode()).isEqualTo(sent);
        assertThat(theirs.kind()).isEqualTo(ours.kind()).isEqualTo("ipvlan");
        assertThat(theirs.name()).isEqualTo(ours.name());
        for (Key<Integer> key : List.of(LinkMessage.LINK, LinkMessage.MTU)) {
            assertThat(theirs.attributes().get(key)).isEqualTo(ours.attributes().get(key));
        }
        assertThat(theirs.data().get(LinkKinds.Ipvlan.MODE))
                .isEqualTo(ours.data().get(LinkKinds.Ipvlan.MODE))
                .contains(mode);
        assertThat(theirs.data().get(LinkKinds.Ipvlan.FLAGS)).contains(0);
    }

    @Test
    void vlansOfAPortAreRead() {
        var vlans = Attributes.of(
                LinkKinds.BridgeVlans.VLAN.to(new BridgeVlan(BridgeVlan.PVID | BridgeVlan.UNTAGGED, 1)),
                LinkKinds.BridgeVlans.VLAN.to(new BridgeVlan(BridgeVlan.RANGE_BEGIN, 10)));
        assertThat(vlans.encode()).isEqualTo(bytes("08 00 02 00 06 00 01 00  08 00 02 00 08 00 0a 00"));
        assertThat(vlans.each(LinkKinds.BridgeVlans.VLAN)).containsExactly(new BridgeVlan(6, 1), new BridgeVlan(8, 10));
    }
}
