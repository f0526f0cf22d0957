package dev.lasthop.cli.faults;

import dev.lasthop.cli.faults.HandMadeNetworksTest.Case;
import java.util.List;

/** One subnet over two nodes: a VXLAN that is a port of a bridge on each, so that what nobody is known to have is flooded through it. */
final class Stretched {
    /**
     * <pre>
     *  one n0 10.6.0.1 ---+
     *                   br  left  eth0 192.0.2.1/24 --- eth0 192.0.2.2/24  right  br --- far n0 10.6.0.3
     *  two n0 10.6.0.2 ---+ vx                                                    vx
     * </pre>
     */
    static final String NETWORK = """
            ns one two left right far
            veth left eth0 right eth0
            ip left addr add 192.0.2.1/24 dev eth0
            ip right addr add 192.0.2.2/24 dev eth0
            ip left link add vx mtu 1450 type vxlan id 6 local 192.0.2.1 dstport 4789
            ip right link add vx mtu 1450 type vxlan id 6 local 192.0.2.2 dstport 4789
            ip left link add br6 type bridge
            ip right link add br6 type bridge
            ip left link set vx master br6
            ip right link set vx master br6
            ip left link set vx up
            ip right link set vx up
            veth left p1 one n0
            veth left p2 two n0
            veth right p3 far n0
            ip left link set p1 master br6
            ip left link set p2 master br6
            ip right link set p3 master br6
            ip left link set br6 up
            ip right link set br6 up
            bridge left fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.2
            bridge right fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.1
            try left sysctl -qw net.bridge.bridge-nf-call-iptables=0
            try right sysctl -qw net.bridge.bridge-nf-call-iptables=0
            ip left addr add 10.6.0.254/24 dev br6
            ip one addr add 10.6.0.1/24 dev n0
            ip two addr add 10.6.0.2/24 dev n0
            ip far addr add 10.6.0.3/24 dev n0
            """;

    private Stretched() {}

    private static Case beside(String expected, String... breaking) {
        return Case.of(NETWORK, "one", "10.6.0.2", expected, breaking);
    }

    private static Case away(String expected, String... breaking) {
        return Case.of(NETWORK, "one", "10.6.0.3", expected, breaking);
    }

    static List<Case> cases() {
        return List.of(
                // the other node's bridge learnt where it is, and would send the copy that it gets back into the tunnel
                beside("dropped peer-down request left p1 in", "ip two link set n0 down"),
                beside("dropped not-bridged request left p1 in", "ip left link set p2 nomaster"),
                away("dropped not-bridged request left p1 in", "ip left link set p1 nomaster"),
                away(
                        "dropped stale-neighbor request left p1 in",
                        "ip one neigh replace 10.6.0.3 lladdr 02:11:22:33:44:55 dev n0 nud permanent"));
    }
}
