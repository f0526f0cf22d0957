package dev.lasthop.netlink.xtables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules put into tables that iptables-legacy made, judged by iptables-legacy. */
@KernelTest
class XtChangeTest {
    private static final Bytes RULE = XtEntry.accept(
            Family.IPV4,
            Protocol.TCP,
            Optional.of(IpAddress.parse("10.1.0.9")),
            0,
            Optional.of(IpAddress.parse("192.0.2.7")),
            443,
            "lasthop");
    private static final String WORDS =
            " -s 10.1.0.9/32 -d 192.0.2.7/32 -p tcp -m tcp --dport 443 -m comment --comment lasthop -j ACCEPT";

    @Test
    void everyPlaceOfEveryChainAndOutAgain() {
        try (var network = new TestNetwork().namespace("n")) {
            for (String line : new String[] {
                "-P FORWARD DROP",
                "-N one",
                "-N two",
                "-A FORWARD -i a -j one",
                "-A FORWARD -i b -g two",
                "-A one -p udp -m udp --dport 53 -j two",
                "-A one -s 10.0.0.0/8",
                "-A two -j LOG",
                "-A INPUT -i lo -j ACCEPT"
            }) {
                network.in("n", ("iptables-legacy " + line).split(" "));
            }
            String before = rules(network);
            for (String chain : new String[] {"INPUT", "FORWARD", "OUTPUT", "one", "two"}) {
                long rulesThere = before.lines()
                        .filter(line -> line.startsWith("-A " + chain + " "))
                        .count();
                for (int position = 1; position <= rulesThere + 1; position++) {
                    int at = position;
                    change("n", socket -> XtChange.insert(socket, Family.IPV4, "filter", chain, at, RULE));
                    String with = rules(network);
                    change("n", socket -> XtChange.delete(socket, Family.IPV4, "filter", chain, RULE));
                    assertThat(rules(network)).isEqualTo(before);
                    network.in("n", ("iptables-legacy -I " + chain + " " + position + WORDS).split(" "));
                    assertThat(with).as(chain + " " + position).isEqualTo(rules(network));
                    network.in("n", ("iptables-legacy -D " + chain + " " + position).split(" "));
                }
            }
        }
    }

    @Test
    void countersStayAndTheOtherFamily() {
        try (var network = new TestNetwork().namespace("n")) {
            network.in("n", "ip6tables-legacy", "-A", "OUTPUT", "-o", "lo", "-c", "7", "700", "-j", "ACCEPT");
            Bytes rule = XtEntry.accept(
                    Family.IPV6,
                    Protocol.ICMPV6,
                    Optional.of(IpAddress.parse("2001:db8::1")),
                    0,
                    Optional.empty(),
                    0,
                    "lasthop");
            change("n", Family.IPV6, socket -> XtChange.insert(socket, Family.IPV6, "filter", "OUTPUT", 1, rule));
            assertThat(network.in("n", "ip6tables-legacy-save", "-c"))
                    .contains("[7:700] -A OUTPUT -o lo -j ACCEPT")
                    .contains("[0:0] -A OUTPUT -s 2001:db8::1/128 -p ipv6-icmp -m comment --comment lasthop -j ACCEPT");
        }
    }

    @Test
    void whatIsNotThere() {
        try (var network = new TestNetwork().namespace("n")) {
            network.in("n", "iptables-legacy", "-A", "FORWARD", "-j", "ACCEPT");
            assertThatThrownBy(() ->
                            change("n", socket -> XtChange.insert(socket, Family.IPV4, "filter", "FORWARD", 3, RULE)))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("FORWARD has no place 3");
            assertThatThrownBy(() ->
                            change("n", socket -> XtChange.delete(socket, Family.IPV4, "filter", "nowhere", RULE)))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("no such rule");
        }
    }

    private interface Work {
        void in(Fd socket);
    }

    private static void change(String namespace, Work work) {
        change(namespace, Family.IPV4, work);
    }

    private static void change(String namespace, Family family, Work work) {
        try (var there = NetworkNamespace.open(Path.of("/run/netns/" + namespace))) {
            there.run(() -> {
                try (Fd socket = XtTable.open(family)) {
                    work.in(socket);
                }
            });
        }
    }

    private static String rules(TestNetwork network) {
        return network.in("n", "iptables-legacy", "-S");
    }
}
