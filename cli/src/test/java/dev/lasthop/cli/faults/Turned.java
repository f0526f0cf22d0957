package dev.lasthop.cli.faults;

import dev.lasthop.cli.faults.HandMadeNetworksTest.Case;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The routers of {@link Chain}, whose routes and rules send packets back where they came from, or nowhere. */
final class Turned {
    private Turned() {}

    private static Case there(String expected, String... breaking) {
        return Case.of(Chain.NETWORK, "box", "198.51.100.50", expected, breaking);
    }

    private static Case beside(String expected, String... breaking) {
        return Case.of(Chain.NETWORK, "box", "10.9.8.8", expected, breaking);
    }

    /** The bridge asks the IPv6 rules about neighbour discovery, too. */
    private static Case discovery() {
        return Case.of(
                Chain.NETWORK,
                "box",
                "fd09:8::8",
                "not-sent bridge-netfilter request box n0 out",
                "sysctl gate net.bridge.bridge-nf-call-ip6tables=1",
                "nft gate add table ip6 t",
                "nft gate add chain ip6 t f { type filter hook forward priority 0 ; policy drop ; }",
                "ip box -6 neigh flush all",
                "ip twin -6 neigh flush all");
    }

    /** Nobody behind the node knows the container's network, and the table that hid it is gone. */
    private static Case flushed() {
        return there(
                "no-reply masquerade-missing reply far e0 in",
                "ip core route del 10.9.8.0/24",
                "ip edge route del 10.9.8.0/24",
                "ip far route del default",
                "ip far route add 10.1.0.0/29 via 203.0.113.1",
                "ip edge route add 10.1.0.0/29 via 10.2.0.1");
    }

    static List<Case> cases() {
        boolean asks = Files.exists(Path.of("/proc/sys/net/bridge/bridge-nf-call-ip6tables"));
        return Stream.concat(always(), asks ? Stream.of(discovery()) : Stream.of())
                .toList();
    }

    private static Stream<Case> always() {
        return Stream.of(
                flushed(),
                there("dropped routing-loop request box n0 in", "ip gate route add 198.51.100.0/24 via 10.9.8.7"),
                there("dropped routing-loop reply far e0 in", "ip edge route replace 10.9.8.0/24 via 203.0.113.9"),
                there(
                        "dropped no-route reply edge d0 in",
                        "ip edge route del 10.9.8.0/24",
                        "ip edge route add default via 203.0.113.9"),
                there("not-sent policy-rule request box n0 out", "ip box rule flush"),
                there("no-reply policy-rule reply far e0 in", "ip far rule flush"),
                there(
                        "dropped policy-rule request gate br-lan in",
                        "ip gate rule add pref 40000 blackhole",
                        "ip gate rule add pref 9 from 10.9.8.0/24 goto 40000"),
                there(
                        "dropped blackhole-route request gate br-lan in",
                        "ip gate nexthop add id 5 blackhole",
                        "ip gate route add 198.51.100.0/24 nhid 5"),
                there("not-sent no-default-route request box n0 out", "ip box route flush table main"),
                beside("not-sent no-default-route request box n0 out", "ip box route flush table main"),
                beside(
                                "not-sent arp-filtered request box n0 out",
                                "nft twin add table arp t",
                                "nft twin add chain arp t o { type filter hook output priority 0 ; }",
                                "nft twin add rule arp t o arp operation reply drop",
                                "ip box neigh flush all",
                                "ip twin neigh flush all")
                        .notMended());
    }
}
