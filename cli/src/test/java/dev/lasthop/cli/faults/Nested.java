package dev.lasthop.cli.faults;

import dev.lasthop.cli.faults.HandMadeNetworksTest.Case;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A bridge behind a bridge on one host, and two ways out, the second chosen by a mark. */
final class Nested {
    /**
     * <pre>
     *  job lan 10.44.3.9/22 --- inner --- pb=pa --- outer 10.44.0.1  hostk  u1 192.0.2.2/30    --- dn  isp1
     *                                                                       u2 198.51.100.2/30 --- dn  isp2  w --- a2  web, lo 203.0.113.44
     * </pre>
     */
    static final String NETWORK = """
            ns job hostk isp1 isp2 web
            veth job lan hostk jv
            ip hostk link add outer type bridge
            ip hostk link add inner type bridge
            ip hostk link add pa type veth peer name pb
            ip hostk link set pa master outer
            ip hostk link set pb master inner
            ip hostk link set jv master inner
            ip hostk link set pa up
            ip hostk link set pb up
            ip hostk link set outer up
            ip hostk link set inner up
            ip job addr add 10.44.3.9/22 dev lan
            ip hostk addr add 10.44.0.1/22 dev outer
            ip job route add default via 10.44.0.1
            veth hostk u1 isp1 dn
            veth hostk u2 isp2 dn
            veth isp2 w web a2
            ip hostk addr add 192.0.2.2/30 dev u1
            ip isp1 addr add 192.0.2.1/30 dev dn
            ip hostk addr add 198.51.100.2/30 dev u2
            ip isp2 addr add 198.51.100.1/30 dev dn
            ip isp2 addr add 203.0.113.5/30 dev w
            ip web addr add 203.0.113.6/30 dev a2
            ip web addr add 203.0.113.44/32 dev lo
            ip hostk route add default via 192.0.2.1
            ip hostk route add default via 198.51.100.1 table 200
            ip hostk rule add fwmark 7 table 200 pref 500
            ip isp2 route add 203.0.113.44 via 203.0.113.6
            ip web route add 198.51.100.0/30 via 203.0.113.5
            sysctl hostk net.ipv4.ip_forward=1 net.ipv4.conf.all.arp_ignore=1
            sysctl isp2 net.ipv4.ip_forward=1
            try hostk sysctl -qw net.bridge.bridge-nf-call-iptables=0
            nft hostk add table inet steer
            nft hostk add chain inet steer pre { type filter hook prerouting priority mangle ; }
            nft hostk add rule inet steer pre ip saddr 10.44.0.0/22 meta mark set 7
            nft hostk add chain inet steer post { type nat hook postrouting priority srcnat ; }
            nft hostk add rule inet steer post ip saddr 10.44.0.0/22 oifname { "u1", "u2" } masquerade
            """;

    private Nested() {}

    private static Case there(String expected, String... breaking) {
        return Case.of(NETWORK, "job", "203.0.113.44", expected, breaking);
    }

    static List<Case> cases() {
        Stream<Case> always = Stream.of(
                there("healthy none request -"),
                // the inner bridge answers for the address; the reply has to pass the pair between them
                there(
                        "dropped not-bridged reply hostk u2 in",
                        "sysctl hostk net.ipv4.conf.all.arp_ignore=0",
                        "ip hostk link set pa nomaster",
                        "ip job neigh flush dev lan"),
                there(
                        "not-sent not-bridged request job lan out",
                        "ip hostk link set pa nomaster",
                        "ip job neigh flush dev lan"),
                there(
                        "dropped rp-filter reply hostk u2 in",
                        "sysctl hostk net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.u2.rp_filter=1"),
                there(
                        "no-reply masquerade-missing reply web a2 in",
                        "nft hostk flush chain inet steer post",
                        "nft hostk add rule inet steer post oifname u1 masquerade"),
                there("dropped policy-rule request -", "ip hostk route replace blackhole default table 200")
                        .notMended()); // there is no other way that knows the way back
        // bridged before it is routed: the rules of type nat were asked on the bridge, and are not asked again
        Stream<Case> bridgedFirst = Stream.of(there(
                "no-reply bridge-netfilter reply web a2 in",
                "sysctl hostk net.bridge.bridge-nf-call-iptables=1",
                "ip job neigh flush dev lan"));
        boolean asks = Files.exists(Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables"));
        return Stream.concat(always, asks ? bridgedFirst : Stream.of()).toList();
    }
}
