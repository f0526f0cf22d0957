package dev.lasthop.cli.faults;

import dev.lasthop.cli.faults.HandMadeNetworksTest.Case;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Three routers one after the other, without any NAT; two containers on a bridge of the first. */
final class Chain {
    /**
     * <pre>
     *  box  n0 10.9.8.7/24 ---+
     *                      br-lan 10.9.8.1  gate  wan0 10.1.0.1/29 --- a0 .2  core  b0 10.2.0.1/29 --- c0 .2  edge  d0 203.0.113.1/24
     *  twin n0 10.9.8.8/24 ---+                                                                                       |
     *                                                                          far  e0 203.0.113.9/24, lo 198.51.100.50
     * </pre>
     */
    static final String NETWORK = """
            ns box twin gate core edge far
            veth box n0 gate p1
            veth twin n0 gate p2
            veth gate wan0 core a0
            veth core b0 edge c0
            veth edge d0 far e0
            ip gate link add br-lan type bridge
            ip gate link set p1 master br-lan
            ip gate link set p2 master br-lan
            ip gate link set br-lan up
            ip box addr add 10.9.8.7/24 dev n0
            ip twin addr add 10.9.8.8/24 dev n0
            ip gate addr add 10.9.8.1/24 dev br-lan
            ip gate addr add 10.1.0.1/29 dev wan0
            ip core addr add 10.1.0.2/29 dev a0
            ip core addr add 10.2.0.1/29 dev b0
            ip edge addr add 10.2.0.2/29 dev c0
            ip edge addr add 203.0.113.1/24 dev d0
            ip far addr add 203.0.113.9/24 dev e0
            ip far addr add 198.51.100.50/32 dev lo
            ip box -6 addr add fd09:8::7/64 dev n0 nodad
            ip twin -6 addr add fd09:8::8/64 dev n0 nodad
            ip gate -6 addr add fd09:8::1/64 dev br-lan nodad
            ip gate -6 addr add fd01::1/64 dev wan0 nodad
            ip core -6 addr add fd01::2/64 dev a0 nodad
            ip core -6 addr add fd02::1/64 dev b0 nodad
            ip edge -6 addr add fd02::2/64 dev c0 nodad
            ip edge -6 addr add 2001:db8:3::1/64 dev d0 nodad
            ip far -6 addr add 2001:db8:3::9/64 dev e0 nodad
            ip far -6 addr add 2001:db8:50::50/128 dev lo
            ip box route add default via 10.9.8.1
            ip twin route add default via 10.9.8.1
            ip gate route add default via 10.1.0.2
            ip core route add default via 10.2.0.2
            ip core route add 10.9.8.0/24 via 10.1.0.1
            ip edge route add 198.51.100.0/24 via 203.0.113.9
            ip edge route add 10.9.8.0/24 via 10.2.0.1
            ip far route add default via 203.0.113.1
            ip box -6 route add default via fd09:8::1
            ip twin -6 route add default via fd09:8::1
            ip gate -6 route add default via fd01::2
            ip core -6 route add default via fd02::2
            ip core -6 route add fd09:8::/64 via fd01::1
            ip edge -6 route add 2001:db8:50::/64 via 2001:db8:3::9
            ip edge -6 route add fd09:8::/64 via fd02::1
            ip far -6 route add default via 2001:db8:3::1
            sysctl gate net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
            sysctl core net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
            sysctl edge net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
            """;

    /** Another network on the same router, without an address of the router's, whose subnet is the same. */
    private static final String OTHER_SEGMENT = """
            ns r s
            ip gate link add br-other type bridge
            ip gate link set br-other up
            veth r e0 gate q1
            veth s n0 gate q2
            ip gate link set q1 master br-other
            ip gate link set q2 master br-other
            ip s addr add 10.9.8.7/24 dev n0
            """;

    /** The last router translates its port to a service on its own loopback, and lets that pass. */
    private static final String LOOPBACK_SERVICE = """
            start edge nc -lk 127.0.0.1 7070
            await edge ss -Hltn sport = :7070
            nft edge add table ip t
            nft edge add chain ip t pre { type nat hook prerouting priority dstnat ; }
            nft edge add rule ip t pre tcp dport 7070 dnat to 127.0.0.1
            sysctl edge net.ipv4.conf.c0.route_localnet=1
            """;

    private static final String FAR4 = "198.51.100.50";
    private static final String FAR6 = "2001:db8:50::50";
    private static final String TWIN4 = "10.9.8.8";

    private Chain() {}

    private static Case there(String expected, String... breaking) {
        return Case.of(NETWORK, "box", FAR4, expected, breaking);
    }

    private static Case six(String expected, String... breaking) {
        return Case.of(NETWORK, "box", FAR6, expected, breaking);
    }

    private static Case beside(String expected, String... breaking) {
        return Case.of(NETWORK, "box", TWIN4, expected, breaking);
    }

    private static Case farLink(String expected, String... breaking) {
        return Case.of(NETWORK, "box", "2001:db8:3::9", expected, breaking);
    }

    private static Case back(String expected, String... breaking) {
        return Case.of(NETWORK, "far", "10.9.8.7", expected, breaking);
    }

    /**
     * It belongs to a neighbour that forwards, so that all packets pass the router's bridge before they are routed: where the bridge asks
     * the IP rules, that settles their translation, and they leave the router untranslated.
     */
    private static Case detour() {
        boolean asks = Files.exists(Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables"));
        return there(
                asks ? "dropped stale-neighbor reply -" : "healthy none request -",
                "nft gate add table ip t",
                "nft gate add chain ip t post { type nat hook postrouting priority srcnat ; }",
                "nft gate add rule ip t post ip saddr 10.9.8.0/24 oifname wan0 masquerade",
                "ip core route del 10.9.8.0/24",
                "ip edge route add 10.1.0.0/29 via 10.2.0.1",
                "ip twin link set n0 address 02:00:00:00:00:78",
                "sysctl twin net.ipv4.ip_forward=1",
                asks ? "sysctl gate net.bridge.bridge-nf-call-iptables=1" : "",
                "ip box neigh replace 10.9.8.1 lladdr 02:00:00:00:00:78 dev n0");
    }

    static List<Case> cases() {
        return List.of(
                there("healthy none request -"),
                six("healthy none request -"),
                beside("healthy none request -"),
                back("healthy none request -"),
                // routers, on the way there
                there("dropped ip-forward-disabled request core a0 in", "sysctl core net.ipv4.ip_forward=0"),
                there("dropped ip-forward-disabled request edge c0 in", "sysctl edge net.ipv4.conf.c0.forwarding=0"),
                there("dropped no-route request core a0 in", "ip core route del default"),
                there("dropped no-route request edge c0 in", "ip edge route del 198.51.100.0/24"),
                there("dropped blackhole-route request edge c0 in", "ip edge route add blackhole 198.51.100.50/32"),
                there("dropped blackhole-route request core a0 in", "ip core route add blackhole 198.51.0.0/16"),
                there("dropped unreachable-route request core a0 in", "ip core route add unreachable 198.51.100.0/24"),
                there("dropped policy-rule request edge c0 in", "ip edge rule add from 10.9.8.0/24 unreachable"),
                there(
                        "dropped policy-rule request core a0 in",
                        "ip core route add blackhole default table 99",
                        "ip core rule add iif a0 table 99"),
                there(
                        "dropped subnet-overlap request core a0 in",
                        "ip core link add br9 type bridge",
                        "ip core addr add 198.51.100.1/24 dev br9",
                        "ip core link set br9 up"),
                there(
                        "dropped rp-filter request core a0 in",
                        "sysctl core net.ipv4.conf.all.rp_filter=1",
                        "veth gate w1 core a1",
                        "ip gate addr add 10.1.1.1/30 dev w1",
                        "ip core addr add 10.1.1.2/30 dev a1",
                        "ip core route replace 10.9.8.0/24 via 10.1.1.1"),
                there("dropped link-down request core a0 in", "ip core link set b0 down"),
                there("dropped uplink-no-carrier request gate br-lan in", "ip core link set a0 down"),
                there("dropped uplink-no-carrier request core a0 in", "ip edge link set c0 down"),
                there("dropped wrong-gateway request gate br-lan in", "ip gate route replace default via 10.1.0.5"),
                there(
                        "dropped gateway-address-missing request gate br-lan in",
                        "ip core addr del 10.1.0.2/29 dev a0",
                        "ip gate neigh flush dev wan0"),
                there(
                        "dropped stale-neighbor request -",
                        "ip core neigh replace 10.2.0.2 lladdr 02:00:00:00:00:aa dev b0"),
                // routers, on the way back
                there("dropped ip-forward-disabled reply edge d0 in", "sysctl edge net.ipv4.conf.d0.forwarding=0"),
                there("dropped ip-forward-disabled reply gate wan0 in", "sysctl gate net.ipv4.conf.wan0.forwarding=0"),
                there("dropped no-route reply edge d0 in", "ip edge route del 10.9.8.0/24"),
                there("dropped blackhole-route reply core b0 in", "ip core route replace blackhole 10.9.8.0/24")
                        .notMended(),
                there("dropped policy-rule reply gate wan0 in", "ip gate rule add to 10.9.8.7 prohibit"),
                there("dropped policy-rule request gate br-lan in", "ip gate rule add to 198.51.100.50 prohibit"),
                there("dropped unreachable-route request core a0 in", "ip core route add prohibit 198.51.100.50"),
                six("dropped unreachable-route request core a0 in", "ip core -6 route add prohibit 2001:db8:50::50"),
                there(
                        "dropped stale-neighbor reply -",
                        "ip gate neigh replace 10.9.8.7 lladdr 02:00:00:00:00:aa dev br-lan"),
                there("no-reply no-return-path reply far e0 in", "ip far route del default"),
                there(
                        "dropped return-route-hijacked reply -",
                        "ip core link add tun9 type ifb",
                        "ip core link set tun9 up",
                        "ip core route add 10.0.0.0/8 dev tun9 table 51820",
                        "ip core rule add not fwmark 51820 table 51820"),
                there("dropped routing-loop reply -", "ip core route del 10.9.8.0/24"),
                there("dropped routing-loop request -", "ip edge route replace 198.51.100.0/24 via 10.2.0.1"),
                there("no-reply blackhole-route reply far e0 in", "ip far route add blackhole 10.9.0.0/16"),
                there("dropped no-route reply gate wan0 in", "ip gate route del 10.9.8.0/24 dev br-lan"),
                // the sender
                there("not-sent link-down request box n0 out", "ip box link set n0 down"),
                there("not-sent peer-down request box n0 out", "ip gate link set p1 down"),
                there(
                        "not-sent bridge-down request box n0 out",
                        "ip gate link set br-lan down",
                        "ip box neigh flush dev n0"),
                there("dropped bridge-down request gate p1 in", "ip gate link set br-lan down"),
                there(
                        "not-sent gateway-address-missing request box n0 out",
                        "ip gate addr del 10.9.8.1/24 dev br-lan",
                        "ip box neigh flush dev n0"),
                there("dropped gateway-address-missing reply -", "ip gate addr del 10.9.8.1/24 dev br-lan"),
                there(
                        "dropped gateway-address-missing reply -",
                        "ns stranger nobody",
                        "veth stranger e0 nobody e0",
                        "ip stranger addr add 10.9.8.1/24 dev e0",
                        "ip gate addr del 10.9.8.1/24 dev br-lan"),
                there(
                        "not-sent bridge-missing request box n0 out",
                        "ip gate link del br-lan",
                        "ip box neigh flush dev n0"),
                there("dropped bridge-missing - -", "ip gate link del br-lan"),
                there( // somebody who has nothing to do with it has the gateway's address too
                        "dropped bridge-missing - -",
                        "ns stranger nobody",
                        "veth stranger e0 nobody e0",
                        "ip stranger addr add 10.9.8.1/24 dev e0",
                        "ip gate link del br-lan"),
                there( // the address is that of another network's router, on a bridge of its own beside
                        "not-sent gateway-address-missing request box n0 out",
                        OTHER_SEGMENT,
                        "ip r addr add 10.9.8.1/24 dev e0",
                        "ip gate addr del 10.9.8.1/24 dev br-lan",
                        "ip box neigh flush dev n0"),
                there(
                        "not-sent wrong-gateway request box n0 out",
                        OTHER_SEGMENT,
                        "ip r addr add 10.9.8.254/24 dev e0",
                        "ip box route replace default via 10.9.8.254"),
                there("dropped not-bridged - -", "ip gate link set p1 nomaster"),
                there("not-sent no-address request box n0 out", "ip box addr flush dev n0"),
                there("not-sent no-default-route request box n0 out", "ip box route del default"),
                there("not-sent wrong-gateway request box n0 out", "ip box route replace default via 10.9.8.254"),
                there("not-sent no-interface request none", "ip box link del n0")
                        .notMended(),
                there(
                        "dropped stale-neighbor request gate p1 in",
                        "ip box neigh replace 10.9.8.1 lladdr 02:00:00:00:00:aa dev n0"),
                there( // it belongs to a neighbour that does not forward
                        "dropped stale-neighbor request twin n0 in",
                        "ip twin link set n0 address 02:00:00:00:00:78",
                        "ip box neigh replace 10.9.8.1 lladdr 02:00:00:00:00:78 dev n0"),
                there( // it belongs to another bridge of the router, on which hangs a pair that is part of nothing
                        "dropped stale-neighbor request gate p1 in",
                        "ip gate link add br-dmz address 02:00:00:00:00:79 type bridge",
                        "ip gate link add d1 address 02:00:00:00:00:79 type veth peer name d2",
                        "ip gate link set d1 master br-dmz",
                        "ip gate link set br-dmz up",
                        "ip gate link set d1 up",
                        "ip gate link set d2 up",
                        "ip box neigh replace 10.9.8.1 lladdr 02:00:00:00:00:79 dev n0"),
                detour(),
                there("not-sent blackhole-route request box n0 out", "ip box route add blackhole 198.51.100.0/24"),
                there("not-sent policy-rule request box n0 out", "ip box rule add to 198.51.100.0/24 blackhole"),
                // IPv6
                six("dropped ipv6-forward-disabled request core a0 in", "sysctl core net.ipv6.conf.all.forwarding=0"),
                six(
                        "dropped ipv6-disabled request gate br-lan in",
                        "sysctl core net.ipv6.conf.a0.disable_ipv6=1",
                        "ip gate -6 neigh flush dev wan0"),
                six("dropped no-route request core a0 in", "ip core -6 route del default"),
                farLink(
                                "dropped ipv6-disabled request edge c0 in",
                                "sysctl far net.ipv6.conf.e0.disable_ipv6=1",
                                "ip edge -6 neigh flush dev d0")
                        .notMended(), // its default route is gone as well, and nobody knows it
                six("no-reply no-return-path reply far e0 in", "ip far -6 route del default"),
                six("not-sent ipv6-disabled request box n0 out", "sysctl box net.ipv6.conf.all.disable_ipv6=1"),
                six("dropped link-down request core a0 in", "ip core link set b0 down"),
                six( // neighbour discovery is ICMPv6, too
                                "dropped arp-filtered request gate br-lan in",
                                "nft core add table ip6 guard",
                                "nft core add chain ip6 guard in { type filter hook input priority 0 ; policy drop ; }",
                                "nft core add rule ip6 guard in icmpv6 type echo-request accept",
                                "ip gate -6 neigh flush dev wan0")
                        .notMended(),
                six("not-sent no-default-route request box n0 out", "ip box -6 route del default"),
                six("not-sent wrong-gateway request box n0 out", "ip box -6 route replace default via fd09:8::99"),
                six("dropped ttl-expired request core a0 in", "sysctl box net.ipv6.conf.n0.hop_limit=2"),
                six(
                        "dropped ipv6-dad-failed request gate br-lan in",
                        "ip box -6 addr del fd09:8::7/64 dev n0",
                        "ip box -6 addr add fd09:8::8/64 dev n0",
                        "await box ip -6 addr show dadfailed"),
                // what is sent from where it cannot come from, or not far enough
                there("dropped ttl-expired request edge c0 in", "sysctl box net.ipv4.ip_default_ttl=3"),
                there("dropped ttl-expired reply core b0 in", "sysctl far net.ipv4.ip_default_ttl=2"),
                there("healthy none request -", "sysctl box net.ipv4.ip_default_ttl=4"),
                Case.of(
                                NETWORK + LOOPBACK_SERVICE,
                                "box",
                                "10.2.0.2",
                                "dropped route-localnet request edge c0 in",
                                "sysctl edge net.ipv4.conf.c0.route_localnet=0")
                        .port(7070),
                // siblings
                beside(
                        "not-sent peer-down request box n0 out",
                        "ip twin link set n0 down",
                        "ip box neigh flush dev n0"),
                beside(
                        "not-sent not-bridged request box n0 out",
                        "ip gate link set p2 nomaster",
                        "ip box neigh flush dev n0"),
                beside("dropped not-bridged - -", "ip gate link set p2 nomaster"),
                beside(
                        "dropped stale-neighbor reply -",
                        "ip twin neigh replace 10.9.8.7 lladdr 02:00:00:00:00:aa dev n0"),
                beside("not-sent no-address request box n0 out", "ip box addr flush dev n0"),
                // the other way round
                back("dropped ip-forward-disabled request gate wan0 in", "sysctl gate net.ipv4.ip_forward=0"),
                back("dropped peer-down request -", "ip box link set n0 down"),
                back(
                        "dropped not-bridged request gate wan0 in",
                        "ip gate link set p1 nomaster",
                        "ip gate neigh flush dev br-lan"),
                // while its MAC address is remembered, the bridge floods to the other ports
                back("dropped not-bridged request -", "ip gate link set p1 nomaster"),
                back("dropped bridge-down request gate wan0 in", "ip gate link set br-lan down"),
                back("no-reply no-return-path reply box n0 in", "ip box route del default"),
                back("not-sent no-default-route request far e0 out", "ip far route del default"));
    }
}
