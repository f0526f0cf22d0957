package dev.lasthop.cli.faults;

import dev.lasthop.cli.faults.HandMadeNetworksTest.Case;
import java.util.List;

/** Two nodes that route to each other's containers through a VXLAN, as flannel lays it out. */
final class Overlay {
    /**
     * <pre>
     *  pod n0 10.5.1.2/24 --- br-l 10.5.1.1  left  eth0 192.0.2.1/24 --- eth0 192.0.2.2/24  right  br-r 10.5.2.1 --- app n0 10.5.2.2/24
     *                         vx 10.5.1.0                                                          vx 10.5.2.0
     * </pre>
     */
    static final String NETWORK = """
            ns pod left right app
            veth left eth0 right eth0
            veth pod n0 left p0
            veth app n0 right p0
            ip left addr add 192.0.2.1/24 dev eth0
            ip right addr add 192.0.2.2/24 dev eth0
            ip left link add br-l mtu 1450 type bridge
            ip right link add br-r mtu 1450 type bridge
            ip left link set p0 master br-l
            ip right link set p0 master br-r
            ip left link set br-l up
            ip right link set br-r up
            ip left addr add 10.5.1.1/24 dev br-l
            ip right addr add 10.5.2.1/24 dev br-r
            ip left -6 addr add fd05:1::1/64 dev br-l nodad
            ip right -6 addr add fd05:2::1/64 dev br-r nodad
            ip pod addr add 10.5.1.2/24 dev n0
            ip app addr add 10.5.2.2/24 dev n0
            ip pod -6 addr add fd05:1::2/64 dev n0 nodad
            ip app -6 addr add fd05:2::2/64 dev n0 nodad
            ip pod route add default via 10.5.1.1
            ip app route add default via 10.5.2.1
            ip pod -6 route add default via fd05:1::1
            ip app -6 route add default via fd05:2::1
            ip left link add vx address 02:00:05:00:00:01 mtu 1450 type vxlan id 5 local 192.0.2.1 dstport 8472 nolearning
            ip right link add vx address 02:00:05:00:00:02 mtu 1450 type vxlan id 5 local 192.0.2.2 dstport 8472 nolearning
            ip left link set vx up
            ip right link set vx up
            ip left addr add 10.5.1.0/32 dev vx
            ip right addr add 10.5.2.0/32 dev vx
            ip left route add 10.5.2.0/24 via 10.5.2.0 dev vx onlink
            ip right route add 10.5.1.0/24 via 10.5.1.0 dev vx onlink
            ip left neigh add 10.5.2.0 lladdr 02:00:05:00:00:02 dev vx nud permanent
            ip right neigh add 10.5.1.0 lladdr 02:00:05:00:00:01 dev vx nud permanent
            ip left -6 addr add fd05:1::/128 dev vx nodad
            ip right -6 addr add fd05:2::/128 dev vx nodad
            ip left -6 route add fd05:2::/64 via fd05:2:: dev vx onlink
            ip right -6 route add fd05:1::/64 via fd05:1:: dev vx onlink
            ip left -6 neigh add fd05:2:: lladdr 02:00:05:00:00:02 dev vx nud permanent
            ip right -6 neigh add fd05:1:: lladdr 02:00:05:00:00:01 dev vx nud permanent
            bridge left fdb add 02:00:05:00:00:02 dev vx dst 192.0.2.2 self permanent
            bridge right fdb add 02:00:05:00:00:01 dev vx dst 192.0.2.1 self permanent
            sysctl left net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
            sysctl right net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
            """;

    private Overlay() {}

    private static Case there(String expected, String... breaking) {
        return Case.of(NETWORK, "pod", "10.5.2.2", expected, breaking);
    }

    private static Case six(String expected, String... breaking) {
        return Case.of(NETWORK, "pod", "fd05:2::2", expected, breaking);
    }

    static List<Case> cases() {
        return List.of(
                there("healthy none request -"),
                six("healthy none request -"),
                there(
                        "dropped vxlan-no-remote request left vx out",
                        "bridge left fdb del 02:00:05:00:00:02 dev vx dst 192.0.2.2 self"),
                six(
                        "dropped vxlan-no-remote request left vx out",
                        "bridge left fdb del 02:00:05:00:00:02 dev vx dst 192.0.2.2 self"),
                there(
                        "dropped vxlan-no-remote reply right vx out",
                        "bridge right fdb del 02:00:05:00:00:01 dev vx dst 192.0.2.1 self"),
                there(
                        "dropped vxlan-stale-remote request left vx out",
                        "bridge left fdb replace 02:00:05:00:00:02 dev vx dst 192.0.2.77 self permanent"),
                there(
                        "dropped vxlan-stale-remote reply right vx out",
                        "bridge right fdb replace 02:00:05:00:00:01 dev vx dst 192.0.2.77 self permanent"),
                there(
                        "dropped vxlan-port-blocked request right eth0 in",
                        "nft right add table inet guard",
                        "nft right add chain inet guard in { type filter hook input priority 0 ; }",
                        "nft right add rule inet guard in udp dport 8472 drop"),
                six(
                        "dropped vxlan-port-blocked request right eth0 in",
                        "nft right add table inet guard",
                        "nft right add chain inet guard in { type filter hook input priority 0 ; policy drop ; }",
                        "nft right add rule inet guard in meta l4proto icmp accept"),
                there(
                        "dropped vxlan-port-blocked reply left eth0 in",
                        "nft left add table ip guard",
                        "nft left add chain ip guard in { type filter hook input priority 0 ; }",
                        "nft left add rule ip guard in ip protocol udp drop"));
    }
}
