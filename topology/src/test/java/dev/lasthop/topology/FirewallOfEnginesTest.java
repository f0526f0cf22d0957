package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule sets in the style of container engines: every step is known, every chain has its owner. */
@KernelTest
class FirewallOfEnginesTest {
    @TempDir
    Path folder;

    @AfterEach
    void clear() {
        Tool.run("nft", "flush", "ruleset");
    }

    private Firewall iptables(String rules) throws IOException {
        Path file = Files.writeString(folder.resolve("rules"), rules);
        Tool.run("sh", "-c", "iptables-nft-restore < " + file);
        return read();
    }

    private static Firewall read() {
        Recording recording = Recorded.by(FirewallSource::record);
        assertThat(recording.gaps()).isEmpty();
        Firewall firewall = FirewallSource.read(recording);
        for (FirewallTable table : firewall.tables()) {
            for (FirewallChain chain : table.chains()) {
                for (FirewallRule rule : chain.rules()) {
                    assertThat(rule.expressions()).noneMatch(Expression.Unknown.class::isInstance);
                    assertThat(rule.text()).doesNotContain("xt match", "[", "reg ");
                }
            }
        }
        return firewall;
    }

    private static String owner(Firewall firewall, String chain) {
        for (FirewallTable table : firewall.tables()) {
            Optional<FirewallChain> found = table.chain(chain);
            if (found.isPresent()) {
                return table.owner(found.get(), found.get().rules().stream().findFirst());
            }
        }
        throw new AssertionError("no chain " + chain);
    }

    @Test
    void docker() throws IOException {
        Firewall firewall = iptables("""
                *raw
                :PREROUTING ACCEPT [0:0]
                -A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP
                COMMIT
                *nat
                :PREROUTING ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                :POSTROUTING ACCEPT [0:0]
                :DOCKER - [0:0]
                -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
                -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
                -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
                -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
                COMMIT
                *filter
                :INPUT ACCEPT [0:0]
                :FORWARD DROP [0:0]
                :OUTPUT ACCEPT [0:0]
                :DOCKER - [0:0]
                :DOCKER-BRIDGE - [0:0]
                :DOCKER-CT - [0:0]
                :DOCKER-FORWARD - [0:0]
                :DOCKER-ISOLATION-STAGE-1 - [0:0]
                :DOCKER-ISOLATION-STAGE-2 - [0:0]
                :DOCKER-USER - [0:0]
                -A FORWARD -j DOCKER-USER
                -A FORWARD -j DOCKER-FORWARD
                -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
                -A DOCKER ! -i docker0 -o docker0 -j DROP
                -A DOCKER-BRIDGE -o docker0 -j DOCKER
                -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                -A DOCKER-FORWARD -j DOCKER-CT
                -A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
                -A DOCKER-FORWARD -j DOCKER-BRIDGE
                -A DOCKER-FORWARD -i docker0 -j ACCEPT
                -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
                -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
                COMMIT
                """);
        assertThat(firewall.tables())
                .filteredOn(table -> table.generation() == FirewallTable.Generation.NF_TABLES)
                .hasSize(3); // who asked for iptables-legacy's tables in this process has made them
        assertThat(owner(firewall, "DOCKER-BRIDGE")).isEqualTo("docker");
    }

    @Test
    void kubernetes() throws IOException {
        Firewall firewall =
                iptables("""
                *nat
                :PREROUTING ACCEPT [0:0]
                :KUBE-SERVICES - [0:0]
                :KUBE-SVC-AAAA - [0:0]
                :KUBE-SEP-BBBB - [0:0]
                :KUBE-SEP-CCCC - [0:0]
                :KUBE-MARK-MASQ - [0:0]
                :KUBE-POSTROUTING - [0:0]
                -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
                -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "default/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAA
                -A KUBE-SVC-AAAA ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
                -A KUBE-SVC-AAAA -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-BBBB
                -A KUBE-SVC-AAAA -j KUBE-SEP-CCCC
                -A KUBE-SEP-BBBB -p tcp -m tcp -j DNAT --to-destination 10.244.0.5:8080
                -A KUBE-SEP-CCCC -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080
                -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
                -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
                -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
                -A KUBE-POSTROUTING -j MASQUERADE --random-fully
                COMMIT
                """.replace("-m statistic --mode random --probability 0.50000000000", "-m limit --limit 1/s"));
        assertThat(owner(firewall, "KUBE-SERVICES")).isEqualTo("kubernetes");
    }

    @Test
    void podmanAndFirewalld() throws IOException {
        Path file = Files.writeString(folder.resolve("rules"), """
                table inet netavark {
                  chain INPUT { type filter hook input priority filter; policy accept; ip saddr 10.88.0.0/16 udp dport 53 accept; }
                  chain FORWARD { type filter hook forward priority filter; policy accept;
                    ct state invalid drop
                    jump NETAVARK-ISOLATION-1
                    ip daddr 10.88.0.0/16 ct state established,related accept
                    ip saddr 10.88.0.0/16 accept
                  }
                  chain POSTROUTING { type nat hook postrouting priority srcnat; policy accept;
                    meta mark & 0x00002000 == 0x00002000 masquerade
                    ip saddr 10.88.0.0/16 jump nv_2f259bab_10_88_0_0_nm16
                  }
                  chain NETAVARK-HOSTPORT-DNAT { tcp dport 8081 jump nv_2f259bab_10_88_0_0_nm16_dnat; }
                  chain nv_2f259bab_10_88_0_0_nm16 { ip daddr 10.88.0.0/16 accept; ip daddr != 224.0.0.0/4 masquerade; }
                  chain nv_2f259bab_10_88_0_0_nm16_dnat {
                    ip saddr 10.88.0.0/16 tcp dport 8081 jump NETAVARK-HOSTPORT-SETMARK
                    tcp dport 8081 dnat ip to 10.88.0.2:80
                  }
                  chain NETAVARK-HOSTPORT-SETMARK { meta mark set meta mark | 0x00002000; }
                  chain NETAVARK-ISOLATION-1 { iifname "podman1" oifname != "podman1" drop; }
                }
                table inet firewalld {
                  chain filter_FORWARD { type filter hook forward priority filter + 10; policy accept;
                    ct state { established, related } accept
                    ct status dnat accept
                    iifname "lo" accept
                    ip6 daddr { ::/96, 2002::/24 } log prefix "RFC3964_IPv4_REJECT: " reject with icmpv6 addr-unreachable
                    jump filter_FORWARD_POLICIES
                    ct state invalid drop
                    reject with icmpx admin-prohibited
                  }
                  chain filter_FORWARD_POLICIES { iifname { "eth0", "docker0" } goto filter_FWD_public; }
                  chain filter_FWD_public { meta l4proto { icmp, ipv6-icmp } accept; }
                }
                """);
        Tool.run("nft", "-f", file.toString());
        Firewall firewall = read();
        assertThat(owner(firewall, "NETAVARK-ISOLATION-1")).isEqualTo("podman");
        assertThat(owner(firewall, "filter_FORWARD")).isEqualTo("firewalld");
    }
}
