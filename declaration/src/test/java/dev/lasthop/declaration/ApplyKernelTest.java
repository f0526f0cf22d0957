package dev.lasthop.declaration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.declaration.Action.Outcome;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.StateFolders;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.WiringException;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Declarations brought about on the real kernel, judged by ip, nft, tc, ping. */
@KernelTest
class ApplyKernelTest {
    private static final String FIRST = """
            networks:
              web: {subnets: [10.88.0.0/24, "fd88::/64"]}
              back: {subnets: 10.89.0.0/24, internal: true}
            endpoints:
              blue:
                namespace: netns:c1
                networks:
                  web: {ip: 10.88.0.9, publish: ["8080:80"], rate-out: 10mbit, sysctls: {net.ipv4.ip_default_ttl: 70}}
                  back: {publish: ["8090:90"]}
              red: {namespace: "netns:c2", networks: {web: {publish: ["8081:81"]}}}
            """;

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private NetworkNamespace host;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        network.namespace("host").namespace("c1").namespace("c2");
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        wiring = new Wiring(
                StateFolders.of(java.util.Map.of(
                        "LASTHOP_STATE", folder.resolve("state").toString(),
                        "LASTHOP_RUN", folder.resolve("run").toString())),
                host);
    }

    @AfterEach
    void close() {
        wiring.close();
        host.close();
        network.close();
    }

    @Test
    void whatIsDeclaredIsThereAndTwiceIsOnce() {
        assertThat(words(FIRST, false))
                .containsExactly(
                        "+ network back: driver bridge, subnets 10.89.0.0/24, internal",
                        "+ network web: driver bridge, subnets 10.88.0.0/24 fd88::/64",
                        "+ endpoint blue on web: netns:c1, ip 10.88.0.9, publish 8080:80/tcp, rate-out 10mbit,"
                                + " net/ipv4/ip_default_ttl = 70",
                        "+ endpoint blue on back: netns:c1, publish 8090:90/tcp",
                        "+ endpoint red on web: netns:c2, publish 8081:81/tcp");
        applied(FIRST, false);
        Wait.until("red reaches blue", () -> network.ping("c2", "10.88.0.9"));
        assertThat(network.in("host", "tc", "qdisc")).contains("rate 10Mbit");
        assertThat(network.in("c1", "sysctl", "-n", "net.ipv4.ip_default_ttl")).isEqualTo("70\n");
        assertThat(network.in("host", "nft", "list", "ruleset")).contains("tcp . 8080", "tcp . 8081", "tcp . 8090");
        String rules = network.in("host", "nft", "list", "ruleset");
        assertThat(words(FIRST, true)).isEmpty();
        applied(FIRST, true);
        assertThat(network.in("host", "nft", "list", "ruleset")).isEqualTo(rules);
    }

    @Test
    void onlyWhatIsDifferentIsChanged() {
        applied(FIRST, false);
        String before = network.in("c1", "ip", "-o", "link", "show", "eth0");
        String second = FIRST.replace("10mbit", "20mbit")
                .replace("\"8081:81\"", "\"8080:81\"")
                .replace("\"8080:80\"", "\"8081:80\"")
                .replace("70}", "70}, mtu: 1400, routes: [203.0.113.0/24]");
        assertThat(words(second, false))
                .containsExactly(
                        "~ endpoint blue on web: unpublish 8080:80/tcp",
                        "~ endpoint red on web: unpublish 8081:81/tcp",
                        "~ endpoint blue on web: MTU 1500 → 1400, rate-out 10mbit → 20mbit, route 203.0.113.0/24",
                        "~ endpoint blue on web: publish 8081:80/tcp",
                        "~ endpoint red on web: publish 8080:81/tcp");
        applied(second, false);
        assertThat(network.in("c1", "ip", "-o", "link", "show", "eth0"))
                .isEqualTo(before.replace("mtu 1500", "mtu 1400")); // the same interface, never away
        assertThat(network.in("host", "nft", "list", "map", "inet", "lasthop", "any4"))
                .containsPattern("tcp \\. 8081 counter packets \\d+ bytes \\d+ : 10\\.88\\.0\\.9 \\. 80");
        assertThat(words(second, true)).isEmpty();
    }

    @Test
    void pruningTakesAwayWhatIsNotDeclaredAndNothingElse() {
        applied(FIRST, false);
        String less = FIRST.substring(0, FIRST.indexOf("  red:")).replace("10.89.0.0", "10.90.0.0");
        assertThat(words(less, true))
                .containsExactly(
                        "- endpoint red on web",
                        "- endpoint blue on back",
                        "- network back: to be made anew",
                        "+ network back: subnets 10.89.0.0/24 → 10.90.0.0/24",
                        "+ endpoint blue on back: its network is made anew");
        applied(less, true);
        assertThat(network.in("c1", "ip", "-br", "addr")).contains("10.88.0.9/24", "10.90.0.2/24");
        assertThat(network.in("c2", "ip", "-br", "link")).doesNotContain("eth0");
        applied("", true);
        assertThat(network.in("host", "ip", "-br", "link")).doesNotContain("lh");
        assertThat(network.in("host", "nft", "list", "ruleset")).isEmpty();
        assertThat(network.in("c1", "sysctl", "-n", "net.ipv4.ip_default_ttl")).isEqualTo("64\n");
    }

    @Test
    void aFailureLeavesWhatWasAndTheRestIsDone() {
        wiring.createNetwork(
                dev.lasthop.wiring.NetworkSpec.of("web", dev.lasthop.address.Prefix.parse("10.88.0.0/24")));
        wiring.connect(ConnectSpec.of(Place.named("c2"), "web").named("other"));
        assertThatThrownBy(() -> words(FIRST, false))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("network web would have to be made anew")
                .hasMessageContaining("cut off other");
        String file = """
                networks:
                  web: {subnets: 10.88.0.0/24}
                  clash: {subnets: 10.88.0.0/16}
                endpoints:
                  blue: {namespace: "netns:c1", networks: {web: {ip: 10.88.0.2}, clash: }}
                  gone: {namespace: "netns:c9", networks: {web: }}
                  other: {namespace: "netns:c2", networks: {web: {publish: ["8080:80"]}}}
                """;
        List<Outcome> outcomes = difference(file, false).apply(wiring);
        assertThat(outcomes.stream()
                        .map(outcome -> outcome.action().subject() + ": "
                                + outcome.failure().orElse("done").replaceAll(";.*", "")))
                .containsExactly(
                        "network clash: subnet 10.88.0.0/16 overlaps with 10.88.0.0/24 of network web",
                        "endpoint blue on web: address 10.88.0.2 cannot be had on network web: other has it",
                        "endpoint blue on clash: not tried, because of what failed before",
                        "endpoint gone on web: cannot connect netns:c9: there is no namespace of that name",
                        "endpoint other on web: done");
        assertThat(network.in("host", "nft", "list", "ruleset")).contains("tcp . 8080");
        assertThat(network.in("c1", "ip", "-br", "link")).doesNotContain("eth0");
    }

    @Test
    void whatTheCommandLineCanTheFileCan() {
        network.namespace("c3").namespace("outside").veth("host", "eth0", "outside", "eth0");
        network.veth("host", "nic7", "outside", "nic7").ip("host", "addr add 192.0.7.1/24 dev nic7");
        network.ip("host", "addr add 192.0.2.1/24 dev eth0").ip("host", "route add default via 192.0.2.2");
        String file = """
                networks:
                  a: {subnets: 10.81.0.0/24, allow: [z], snat: 192.0.2.1, ranges: 10.81.0.50-10.81.0.60, exclude: [10.81.0.50]}
                  z: {subnets: 10.82.0.0/24, isolated: true}
                  direct: {driver: routed, subnets: 10.83.0.0/24}
                  lan: {driver: macvlan, parent: eth0, subnets: 192.0.2.0/24, ranges: 192.0.2.64-192.0.2.70, gateways: 192.0.2.2}
                  nic: {driver: attach}
                  over: {driver: vxlan, vni: 7, node: n1, udp-port: 4790, subnets: 10.84.1.0/24, peers: ["n2=192.0.2.2,10.84.2.0/24"]}
                endpoints:
                  blue:
                    namespace: netns:c1
                    networks:
                      a: {publish: ["2121:21"], allow-from: 198.51.100.0/24, helper: ftp, hairpin: true}
                      z: {default-route: true}
                      direct:
                  red: {namespace: "netns:c2", networks: {lan: , over: }}
                  grey: {namespace: "netns:c3", networks: {nic: {link: nic7, interface: lan7}}}
                """;
        applied(file, false);
        assertThat(words(file, true)).isEmpty();
        assertThat(network.in("c1", "ip", "-br", "addr")).contains("10.81.0.51/24", "10.82.0.2/24", "10.83.0.");
        assertThat(network.in("c1", "ip", "route", "get", "203.0.113.1")).contains("via 10.82.0.1");
        assertThat(network.in("c2", "ip", "-br", "addr")).contains("192.0.2.64/24", "10.84.1.2/24");
        assertThat(network.in("c3", "ip", "-br", "addr", "show", "lan7")).contains("192.0.7.1/24");
        assertThat(network.in("host", "ip", "route")).contains("10.84.2.0/24 via 10.84.2.0 dev lx-over");
        assertThat(network.in("host", "nft", "list", "ruleset")).contains("198.51.100.0/24", "2121", "ftp");
        assertThat(network.in("host", "bridge", "-d", "link")).contains("hairpin on", "isolated on");
        String other = file.replace("n2=192.0.2.2,10.84.2.0/24", "n3=192.0.2.3,10.84.3.0/24")
                .replace("default-route: true", "")
                .replace("hairpin: true", "isolated: true");
        assertThat(words(other, true))
                .containsExactly(
                        "- endpoint blue on a",
                        "- endpoint blue on z",
                        "~ network over: no peer n2",
                        "~ network over: peer n3=192.0.2.3,10.84.3.0/24",
                        "+ endpoint blue on a: hairpin, isolated or vlan is different",
                        "+ endpoint blue on z: no default-route of its own wish");
        applied(other, true);
        assertThat(words(other, true)).isEmpty();
        assertThat(network.in("host", "ip", "route"))
                .contains("10.84.3.0/24 via")
                .doesNotContain("10.84.2.0/24");
        applied("", true);
        assertThat(network.in("host", "ip", "-br", "addr", "show", "nic7")).contains("192.0.7.1/24");
    }

    private void applied(String file, boolean prune) {
        assertThat(difference(file, prune).apply(wiring))
                .allMatch(outcome -> outcome.failure().isEmpty());
    }

    private List<String> words(String file, boolean prune) {
        return difference(file, prune).actions().stream().map(Action::toString).toList();
    }

    private Difference difference(String file, boolean prune) {
        Declaration declaration = Declaration.of("f", Document.read("f", file.getBytes(UTF_8)), Place::parse);
        return Difference.between(declaration, wiring, prune);
    }
}
