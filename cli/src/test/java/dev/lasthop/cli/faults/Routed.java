package dev.lasthop.cli.faults;

import dev.lasthop.cli.faults.HandMadeNetworksTest.Case;
import java.util.List;

/** A container on a wire of its own, as Calico makes them: no bridge, no subnet, and a gateway that nobody has. */
final class Routed {
    /**
     * <pre>
     *  pod  eth0 100.100.0.7/32 --- cali7 (proxy_arp)  node  wan7 192.0.2.0/31 --- dn 192.0.2.1/31  next  out 198.51.100.1/30 --- e0 .2  far
     * </pre>
     */
    static final String NETWORK = """
            ns pod node next far
            veth node cali7 pod eth0
            veth node wan7 next dn
            veth next out far e0
            ip pod addr add 100.100.0.7/32 dev eth0
            ip pod route add 169.254.1.1 dev eth0
            ip pod route add default via 169.254.1.1
            ip node addr add 192.0.2.0/31 dev wan7
            ip next addr add 192.0.2.1/31 dev dn
            ip next addr add 198.51.100.1/30 dev out
            ip far addr add 198.51.100.2/30 dev e0
            ip node route add 100.100.0.7 dev cali7
            ip node route add default via 192.0.2.1
            ip next route add 100.100.0.0/24 via 192.0.2.0
            ip far route add default via 198.51.100.1
            sysctl node net.ipv4.ip_forward=1 net.ipv4.conf.cali7.proxy_arp=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.cali7.rp_filter=0
            sysctl next net.ipv4.ip_forward=1
            """;

    private Routed() {}

    private static Case there(String expected, String... breaking) {
        return Case.of(NETWORK, "pod", "198.51.100.2", expected, breaking);
    }

    static List<Case> cases() {
        return List.of(
                // the end of the wire looks as bare as one that lost its bridge, and is none
                there("dropped routing-loop reply -", "ip node route del 100.100.0.7 dev cali7"),
                there(
                                "dropped rp-filter request node cali7 in",
                                "ip node route del 100.100.0.7 dev cali7",
                                "sysctl node net.ipv4.conf.cali7.rp_filter=1")
                        .notMended()); // the way back lacks as well
    }
}
