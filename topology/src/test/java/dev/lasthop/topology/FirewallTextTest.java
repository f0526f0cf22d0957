package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rules that {@code nft} and {@code iptables} made, read by us, against {@code nft -a list ruleset}. */
@KernelTest
class FirewallTextTest {
    private static final Pattern LISTED = Pattern.compile("\\t\\t(.*) # handle (\\d+)");

    @AfterEach
    void clear() {
        Tool.run("nft", "flush", "ruleset");
    }

    private static Firewall read() {
        Recording recording = Recorded.by(FirewallSource::record);
        assertThat(recording.gaps()).isEmpty();
        return FirewallSource.read(recording);
    }

    private static List<String> texts(Firewall firewall) {
        var texts = new ArrayList<String>();
        for (FirewallTable table : firewall.tables()) {
            for (FirewallChain chain : table.chains()) {
                chain.rules().forEach(rule -> texts.add(rule.handle() + " " + rule.text()));
            }
        }
        return texts;
    }

    private static List<String> listed() {
        return Tool.run("nft", "-a", "list", "ruleset")
                .lines()
                .map(LISTED::matcher)
                .filter(m -> m.matches())
                .map(m -> m.group(2) + " " + m.group(1).replaceAll(" +", " "))
                .toList();
    }

    @Test
    void rulesOfNft() {
        String rules = """
                ip saddr 10.0.0.0/8 tcp dport 80 counter packets 0 bytes 0 drop
                ip saddr 10.1.2.0/23 ip daddr 192.0.2.1 udp sport 53 accept
                ip daddr != 10.0.0.0/24 tcp dport 1024-65535 accept
                tcp dport { 22, 80, 443 } accept
                ip saddr { 10.0.0.0/24, 10.9.0.1-10.9.0.9 } drop
                ip saddr @friends accept
                ip6 saddr fd00::/64 tcp dport 22 accept
                iifname "eth0" oifname "veth*" jump other
                iifname != "lo" ct state invalid drop
                ct state established,related accept
                ct state new ct mark 0x00000005 accept
                ct status dnat accept
                ct original ip daddr 10.0.0.1 accept
                fib daddr type local accept
                fib saddr . iif oif missing drop
                icmp type echo-request accept
                icmpv6 type nd-neighbor-solicit accept
                meta mark 0x00000010 accept
                meta mark & 0x000000ff == 0x00000001 accept
                meta mark set 0x00000007
                ct mark set meta mark
                meta l4proto icmp accept
                meta nfproto ipv6 drop
                meta pkttype broadcast drop
                ip ttl 1 drop
                ip protocol gre accept
                limit rate 5/second accept
                limit rate over 10/minute burst 7 packets drop
                ct count over 20 drop
                tcp flags syn / fin,syn,rst,ack accept
                tcp flags syn accept
                tcp dport vmap { 80 : accept, 443 : jump other, 8080 : drop }
                ip saddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . 443 } accept
                log prefix "hello " accept
                reject with icmp port-unreachable
                reject with icmpx admin-prohibited
                ip protocol tcp reject with tcp reset
                return comment "the end"
                """;
        var script = new StringBuilder("table inet t {\n set friends { type ipv4_addr; elements = { 10.0.0.7 }; }\n")
                .append(" chain other {}\n chain c { type filter hook forward priority 0; policy accept;\n")
                .append(rules)
                .append("}\n chain n { type nat hook postrouting priority srcnat; policy accept;\n")
                .append("oifname \"eth0\" masquerade\nip saddr 10.0.0.1 snat ip to 192.0.2.1\n")
                .append("meta l4proto tcp masquerade to :1024-2048 fully-random\n}\n")
                .append("chain d { type nat hook prerouting priority dstnat; policy accept;\n")
                .append("tcp dport 80 dnat ip to 10.0.0.2:8080\ntcp dport 81 redirect to :82\n")
                .append("ip6 daddr fd00::1 tcp dport 80 dnat ip6 to [fd00::2]:80\n")
                .append("dnat ip to tcp dport map { 90 : 10.0.0.9 }\n}\n}\n");
        Tool.run("nft", script.toString());
        assertThat(texts(read())).containsExactlyElementsOf(listed());
    }

    @Test
    void rulesOfIptables() {
        String[] rules = {
            "-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j RETURN",
            "-t nat -A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80",
            "-t nat -A PREROUTING -p tcp --dport 8000 -j REDIRECT --to-ports 9000",
            "-t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
            "-t nat -A POSTROUTING -s 10.0.0.1 -j SNAT --to-source 192.0.2.1",
            "-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
            "-A FORWARD -p tcp --dport 80 -m limit --limit 5/s -j DROP",
            "-A FORWARD -p udp --sport 1:50 -m mark --mark 0x1/0xff -j ACCEPT",
            "-A FORWARD -p udp -m iprange --src-range 10.0.0.1-10.0.0.9 -j MARK --set-mark 7",
            "-A FORWARD -p tcp --syn -j REJECT --reject-with tcp-reset",
            "-A FORWARD -i eth0 -j REJECT",
            "-t raw -A PREROUTING -j CT --notrack",
        };
        for (String rule : rules) {
            Tool.line("iptables-nft " + rule);
        }
        List<String> ours = texts(read()).stream()
                .map(text -> text.substring(text.indexOf(' ') + 1))
                .toList();
        assertThat(ours)
                .containsExactly(
                        "fib daddr type local counter packets 0 bytes 0 return",
                        "tcp dport 8080 counter packets 0 bytes 0 dnat to 10.0.0.2:80",
                        "tcp dport 8000 counter packets 0 bytes 0 redirect to :9000",
                        "oifname != \"docker0\" ip saddr 172.17.0.0/16 counter packets 0 bytes 0 masquerade",
                        "ip saddr 10.0.0.1 counter packets 0 bytes 0 snat to 192.0.2.1",
                        "oifname \"docker0\" ct state established,related counter packets 0 bytes 0 accept",
                        "tcp dport 80 limit rate 5/second counter packets 0 bytes 0 drop",
                        "udp sport 1-50 meta mark & 0x000000ff == 0x00000001 counter packets 0 bytes 0 accept",
                        "meta l4proto udp ip saddr 10.0.0.1-10.0.0.9 counter packets 0 bytes 0 meta mark set 0x7",
                        "tcp flags syn / fin,syn,rst,ack counter packets 0 bytes 0 reject with tcp reset",
                        "iifname \"eth0\" counter packets 0 bytes 0 reject with icmp port-unreachable",
                        "counter packets 0 bytes 0 notrack");
    }

    @Test
    void rulesOfTheOlderTables() {
        String[] rules = {
            "iptables-legacy -N LEAF",
            "iptables-legacy -A LEAF -s 10.0.0.0/8 ! -d 10.1.2.3 -j RETURN",
            "iptables-legacy -A LEAF -p tcp -m multiport --dports 80,443,1000:2000 -j REJECT",
            "iptables-legacy -P FORWARD DROP",
            "iptables-legacy -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
            "iptables-legacy -A FORWARD -i veth+ -p udp -m udp --sport 1:50 -j LEAF",
            "iptables-legacy -A FORWARD ! -i eth0 -p tcp --dport 80 -g LEAF",
            "iptables-legacy -A FORWARD -p icmp --icmp-type echo-request",
            "iptables-legacy -A FORWARD -m comment --comment hello -j DROP",
            "iptables-legacy -t nat -A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80",
            "iptables-legacy -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
            "ip6tables-legacy -A INPUT -s fd00::/64 -p tcp --dport 22 -j ACCEPT",
        };
        for (String rule : rules) {
            Tool.line(rule);
        }
        try {
            Firewall firewall = read();
            assertThat(firewall.tables())
                    .extracting(table -> table.generation() + " " + table.family() + " " + table.name())
                    .containsExactly("legacy ip filter", "legacy ip nat", "legacy ip6 filter");
            FirewallTable filter = firewall.tables().getFirst();
            assertThat(filter.chains())
                    .extracting(FirewallChain::name)
                    .containsExactly("INPUT", "FORWARD", "OUTPUT", "LEAF");
            assertThat(filter.chain("FORWARD").orElseThrow().entry())
                    .contains(new FirewallChain.Entry("forward", 0, "filter", false, List.of()));
            assertThat(texts(firewall))
                    .containsExactly(
                            "1 oifname \"docker0\" ct state established,related counter packets 0 bytes 0 accept",
                            "2 iifname \"veth*\" udp sport 1-50 counter packets 0 bytes 0 jump LEAF",
                            "3 iifname != \"eth0\" tcp dport 80 counter packets 0 bytes 0 goto LEAF",
                            "4 icmp type echo-request counter packets 0 bytes 0",
                            "5 counter packets 0 bytes 0 drop comment \"hello\"",
                            "1 ip saddr 10.0.0.0/8 ip daddr != 10.1.2.3 counter packets 0 bytes 0 return",
                            "2 meta l4proto tcp tcp dport { 80, 443, 1000-2000 } counter packets 0 bytes 0 "
                                    + "reject with icmp port-unreachable",
                            "1 tcp dport 8080 counter packets 0 bytes 0 dnat to 10.0.0.2:80",
                            "1 oifname != \"docker0\" ip saddr 172.17.0.0/16 counter packets 0 bytes 0 masquerade",
                            "1 ip6 saddr fd00::/64 tcp dport 22 counter packets 0 bytes 0 accept");
        } finally {
            for (String program : List.of("iptables-legacy", "ip6tables-legacy")) {
                for (String table : List.of("filter", "nat")) {
                    Tool.line(program + " -t " + table + " -F");
                }
                Tool.line(program + " -X");
                Tool.line(program + " -P FORWARD ACCEPT");
            }
        }
    }

    @Test
    void ownersByTheirNames() {
        Tool.run(
                "nft",
                "table ip nat { chain DOCKER { }; chain KUBE-SVC-X { }; chain PREROUTING { } ; }; table inet netavark { chain x { }; }");
        Firewall firewall = read();
        FirewallTable nat = firewall.tables().get(0);
        assertThat(nat.owner()).isEmpty();
        assertThat(nat.chains())
                .extracting(chain -> nat.owner(chain, java.util.Optional.empty()))
                .containsExactly("docker", "kubernetes", "");
        assertThat(firewall.tables().get(1).owner()).isEqualTo("podman");
    }
}
