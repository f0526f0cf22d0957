package dev.lasthop.netlink.route;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import java.util.stream.Stream;

/** What is particular to each kind of interface: the attributes within {@code IFLA_INFO_DATA} (include/uapi/linux/if_link.h). */
public final class LinkKinds {
    private LinkKinds() {}

    /** {@code veth}: two interfaces, each the other's wire. */
    public static final class Veth {
        /** The other end. Never up at creation: the kernel answers ENOTCONN. */
        public static final Key<LinkMessage> PEER =
                Key.of(1, "VETH_INFO_PEER", LinkMessage::encode, LinkMessage::decode);

        private Veth() {}
    }

    /** {@code bridge}. */
    public static final class Bridge {
        /** In hundredths of a second. */
        public static final Key<Integer> FORWARD_DELAY = Key.u32(1, "IFLA_BR_FORWARD_DELAY");

        /** In hundredths of a second. */
        public static final Key<Integer> AGEING_TIME = Key.u32(4, "IFLA_BR_AGEING_TIME");

        public static final Key<Integer> STP_STATE = Key.u32(5, "IFLA_BR_STP_STATE");
        public static final Key<Integer> VLAN_FILTERING = Key.u8(7, "IFLA_BR_VLAN_FILTERING");
        public static final Key<Integer> GROUP_FWD_MASK = Key.u16(9, "IFLA_BR_GROUP_FWD_MASK");
        public static final Key<Integer> MCAST_SNOOPING = Key.u8(23, "IFLA_BR_MCAST_SNOOPING");
        public static final Key<Integer> MCAST_QUERIER = Key.u8(25, "IFLA_BR_MCAST_QUERIER");
        public static final Key<Integer> NF_CALL_IPTABLES = Key.u8(36, "IFLA_BR_NF_CALL_IPTABLES");
        public static final Key<Integer> NF_CALL_IP6TABLES = Key.u8(37, "IFLA_BR_NF_CALL_IP6TABLES");
        public static final Key<Integer> NF_CALL_ARPTABLES = Key.u8(38, "IFLA_BR_NF_CALL_ARPTABLES");
        public static final Key<Integer> VLAN_DEFAULT_PVID = Key.u16(39, "IFLA_BR_VLAN_DEFAULT_PVID");

        private Bridge() {}
    }

    /** A port of a bridge: within {@code IFLA_INFO_SLAVE_DATA}, or {@code IFLA_PROTINFO} of the family {@code AF_BRIDGE}. */
    public static final class BridgePort {
        public static final Key<Integer> STATE = Key.u8(1, "IFLA_BRPORT_STATE");
        public static final Key<Integer> PRIORITY = Key.u16(2, "IFLA_BRPORT_PRIORITY");
        public static final Key<Integer> COST = Key.u32(3, "IFLA_BRPORT_COST");

        /** Hairpin. */
        public static final Key<Integer> MODE = Key.u8(4, "IFLA_BRPORT_MODE");

        public static final Key<Integer> LEARNING = Key.u8(8, "IFLA_BRPORT_LEARNING");
        public static final Key<Integer> UNICAST_FLOOD = Key.u8(9, "IFLA_BRPORT_UNICAST_FLOOD");
        public static final Key<Integer> PROXYARP = Key.u8(10, "IFLA_BRPORT_PROXYARP");
        public static final Key<Integer> MCAST_FLOOD = Key.u8(27, "IFLA_BRPORT_MCAST_FLOOD");
        public static final Key<Integer> BCAST_FLOOD = Key.u8(30, "IFLA_BRPORT_BCAST_FLOOD");
        public static final Key<Integer> NEIGH_SUPPRESS = Key.u8(32, "IFLA_BRPORT_NEIGH_SUPPRESS");
        public static final Key<Integer> ISOLATED = Key.u8(33, "IFLA_BRPORT_ISOLATED");

        private BridgePort() {}
    }

    /** {@code macvlan} and {@code macvtap}. */
    public static final class Macvlan {
        /** {@code MACVLAN_MODE_*}: 1 private, 2 vepa, 4 bridge, 8 passthru, 16 source. */
        public static final Key<Integer> MODE = Key.u32(1, "IFLA_MACVLAN_MODE");

        public static final Key<Integer> FLAGS = Key.u16(2, "IFLA_MACVLAN_FLAGS");

        private Macvlan() {}
    }

    /** {@code ipvlan} and {@code ipvtap}. */
    public static final class Ipvlan {
        /** {@code IPVLAN_MODE_*}: 0 l2, 1 l3, 2 l3s. */
        public static final Key<Integer> MODE = Key.u16(1, "IFLA_IPVLAN_MODE");

        /** 0 bridge, 1 private, 2 vepa. */
        public static final Key<Integer> FLAGS = Key.u16(2, "IFLA_IPVLAN_FLAGS");

        private Ipvlan() {}
    }

    /** {@code vxlan}. */
    public static final class Vxlan {
        public static final Key<Integer> ID = Key.u32(1, "IFLA_VXLAN_ID");

        /** The remote host or the multicast group. */
        public static final Key<IpAddress> GROUP = Key.address(2, "IFLA_VXLAN_GROUP");

        public static final Key<Integer> LINK = Key.u32(3, "IFLA_VXLAN_LINK");
        public static final Key<IpAddress> LOCAL = Key.address(4, "IFLA_VXLAN_LOCAL");
        public static final Key<Integer> TTL = Key.u8(5, "IFLA_VXLAN_TTL");
        public static final Key<Integer> TOS = Key.u8(6, "IFLA_VXLAN_TOS");
        public static final Key<Integer> LEARNING = Key.u8(7, "IFLA_VXLAN_LEARNING");
        public static final Key<Integer> AGEING = Key.u32(8, "IFLA_VXLAN_AGEING");

        /** The UDP ports that the outer packets are sent from. */
        public static final Key<PortRange> PORT_RANGE = PortRange.bigEndian(10, "IFLA_VXLAN_PORT_RANGE");

        public static final Key<Integer> PROXY = Key.u8(11, "IFLA_VXLAN_PROXY");
        public static final Key<Integer> L2MISS = Key.u8(13, "IFLA_VXLAN_L2MISS");
        public static final Key<Integer> L3MISS = Key.u8(14, "IFLA_VXLAN_L3MISS");
        public static final Key<Integer> PORT = Key.bigEndian16(15, "IFLA_VXLAN_PORT");
        public static final Key<IpAddress> GROUP6 = Key.address(16, "IFLA_VXLAN_GROUP6");
        public static final Key<IpAddress> LOCAL6 = Key.address(17, "IFLA_VXLAN_LOCAL6");

        /** Whether the outer UDP header over IPv4 carries a checksum. */
        public static final Key<Integer> UDP_CSUM = Key.u8(18, "IFLA_VXLAN_UDP_CSUM");

        /** Over IPv6: whether packets are sent without a checksum. */
        public static final Key<Integer> UDP_ZERO_CSUM6_TX = Key.u8(19, "IFLA_VXLAN_UDP_ZERO_CSUM6_TX");

        /** Over IPv6: whether packets without a checksum are taken. */
        public static final Key<Integer> UDP_ZERO_CSUM6_RX = Key.u8(20, "IFLA_VXLAN_UDP_ZERO_CSUM6_RX");

        public static final Key<Integer> COLLECT_METADATA = Key.u8(25, "IFLA_VXLAN_COLLECT_METADATA");

        /** {@code VXLAN_DF_*}: 0 never, 1 always, 2 as the inner packet has it. */
        public static final Key<Integer> DF = Key.u8(29, "IFLA_VXLAN_DF");

        private Vxlan() {}
    }

    /** {@code vlan}. */
    public static final class Vlan {
        public static final Key<Integer> ID = Key.u16(1, "IFLA_VLAN_ID");

        /** An Ethernet type: 0x8100 (802.1Q) or 0x88a8 (802.1ad). */
        public static final Key<Integer> PROTOCOL = Key.bigEndian16(5, "IFLA_VLAN_PROTOCOL");

        private Vlan() {}
    }

    /** {@code vrf}. */
    public static final class Vrf {
        public static final Key<Integer> TABLE = Key.u32(1, "IFLA_VRF_TABLE");

        private Vrf() {}
    }

    /** {@code tun}: read only, the kernel makes them through /dev/net/tun. */
    public static final class Tun {
        /** 1 tun (IP packets), 2 tap (Ethernet frames). */
        public static final Key<Integer> TYPE = Key.u8(3, "IFLA_TUN_TYPE");

        private Tun() {}
    }

    /** VLANs of a bridge port: within {@code IFLA_AF_SPEC} of a message of the family {@code AF_BRIDGE}. */
    public static final class BridgeVlans {
        /** 1 the port's master, 2 self (the bridge itself). */
        public static final Key<Integer> FLAGS = Key.u16(0, "IFLA_BRIDGE_FLAGS");

        public static final Key<BridgeVlan> VLAN = BridgeVlan.key(2, "IFLA_BRIDGE_VLAN_INFO");

        private static final int SELF = 2; // BRIDGE_FLAGS_SELF

        /**
         * VLANs of a port, to be added by a change or taken away by a deletion: several are a range, from one with
         * {@link BridgeVlan#RANGE_BEGIN} to one with {@link BridgeVlan#RANGE_END}.
         */
        public static LinkMessage of(IfIndex port, BridgeVlan... vlans) {
            return message(port, Stream.of(vlans).map(VLAN::to));
        }

        /** The same of the bridge itself, which is a port of its own: what its own addresses take part in. */
        public static LinkMessage ofBridge(IfIndex bridge, BridgeVlan... vlans) {
            return message(
                    bridge,
                    Stream.concat(Stream.of(FLAGS.to(SELF)), Stream.of(vlans).map(VLAN::to)));
        }

        private static LinkMessage message(IfIndex link, Stream<Attribute> vlans) {
            Attributes spec = Attributes.of(vlans.toArray(Attribute[]::new));
            return new LinkMessage(LinkMessage.AF_BRIDGE, 0, link, 0, 0, Attributes.of(LinkMessage.AF_SPEC.to(spec)));
        }

        private BridgeVlans() {}
    }
}
