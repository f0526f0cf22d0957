package dev.lasthop.topology;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A network interface.
 *
 * @param kind {@code veth}, {@code bridge}, {@code macvlan} …; empty for hardware and {@code lo}
 * @param hardwareType {@code ARPHRD_*}: 1 Ethernet, 772 loopback, 65534 none
 * @param flags {@code IFF_*}
 * @param operationalState {@code IFLA_OPERSTATE} by name: up, down, lowerlayerdown, dormant, unknown …
 * @param group {@code IFLA_GROUP}, a number that firewall rules ask for; 0 is everybody's
 * @param master the bridge, bond or VRF that this is a port of; none is 0
 * @param lower {@code IFLA_LINK}: a veth's peer, a macvlan's parent, a tunnel's underlay; none is 0
 * @param lowerNamespace where {@code lower} is, by inode; empty for this same namespace. For a VXLAN device also without a
 *     {@code lower}: where its outer packets are sent and received
 * @param lowerNamespaceUnknown whether {@code lower} is in another namespace that could not be found
 * @param xdpProgram id of the XDP program on it; 0 for none
 */
public record Link(
        IfIndex index,
        String name,
        String kind,
        int hardwareType,
        int flags,
        int mtu,
        Optional<MacAddress> mac,
        String operationalState,
        boolean carrier,
        int group,
        IfIndex master,
        IfIndex lower,
        OptionalLong lowerNamespace,
        boolean lowerNamespaceUnknown,
        String qdisc,
        int xdpProgram,
        Optional<Bridge> bridge,
        Optional<BridgePort> port,
        OptionalInt macvlanMode,
        Optional<Vxlan> vxlan,
        OptionalInt vlanId,
        OptionalInt vrfTable,
        LinkCounters counters) {
    public static final int UP = 0x1; // IFF_UP
    public static final int LOOPBACK = 0x8; // IFF_LOOPBACK
    public static final int POINT_TO_POINT = 0x10; // IFF_POINTOPOINT
    public static final int NO_ARP = 0x80; // IFF_NOARP
    public static final int PROMISCUOUS = 0x100; // IFF_PROMISC

    public static final int MACVLAN_PRIVATE = 1;
    public static final int MACVLAN_VEPA = 2;
    public static final int MACVLAN_BRIDGE = 4;
    public static final int MACVLAN_PASSTHRU = 8;

    public boolean isUp() {
        return (flags & UP) != 0;
    }

    public boolean isLoopback() {
        return (flags & LOOPBACK) != 0;
    }

    /** Whether neighbours are looked for by ARP or ND on it. */
    public boolean resolvesNeighbors() {
        return (flags & (NO_ARP | LOOPBACK | POINT_TO_POINT)) == 0;
    }

    /** @param vlanFiltering {@code IFLA_BR_VLAN_FILTERING} */
    public record Bridge(boolean stp, boolean vlanFiltering, boolean multicastSnooping, boolean multicastQuerier) {}

    /** @param state {@code BR_STATE_*}: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking */
    public record BridgePort(int state, boolean hairpin, boolean isolated, boolean learning, boolean unicastFlood) {
        public static final int FORWARDING = 3;
    }

    /** @param remote the single remote end of a point-to-point tunnel */
    public record Vxlan(
            int vni,
            Optional<IpAddress> local,
            Optional<IpAddress> remote,
            int port,
            boolean learning,
            IfIndex underlay,
            boolean collectsMetadata) {}

    /** From {@code struct rtnl_link_stats64}. */
    public record LinkCounters(
            long receivedPackets,
            long sentPackets,
            long receiveDropped,
            long sendDropped,
            long receiveErrors,
            long sendErrors) {}
}
