package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Networks that iproute2 built, as a recording has them, judged line by line by iproute2. */
@KernelTest
class RecorderTest extends BuiltNetwork {
    private static NamespaceState state(String name) {
        NamespaceState state = atlas(name).snapshot().namespace("netns:" + name).orElseThrow();
        assertThat(state.gaps()).isEmpty();
        return state;
    }

    private static List<String> judge(String command, String filter) {
        String json = Tool.line(command);
        String lines = Tool.run("sh", "-c", "printf '%s' \"$1\" | jq -r \"$2\"", "sh", json, filter);
        return lines.lines().filter(line -> !line.isBlank()).sorted().toList();
    }

    private static List<String> sorted(Stream<String> lines) {
        return lines.sorted().toList();
    }

    @Test
    void linksAreThoseOfIp() {
        for (String name : List.of("c1", "node", "far")) {
            NamespaceState state = state(name);
            assertThat(sorted(state.links().stream()
                            .map(link -> "%d %s %s %d %s %s %s %s"
                                    .formatted(
                                            link.index().value(),
                                            link.name(),
                                            link.kind(),
                                            link.mtu(),
                                            link.mac().orElseThrow(),
                                            link.operationalState().toUpperCase(Locale.ROOT),
                                            link.qdisc(),
                                            state.link(link.master())
                                                    .map(Link::name)
                                                    .orElse("")))))
                    .isEqualTo(judge(
                            "ip -j -d -n " + name + " link",
                            ".[] | \"\\(.ifindex) \\(.ifname) \\(.linkinfo.info_kind // \"\") \\(.mtu) \\(.address) "
                                    + "\\(.operstate) \\(.qdisc) \\(.master // \"\")\""));
        }
    }

    @Test
    void linksKnowWhatIsParticularToTheirKind() {
        Snapshot snapshot = atlas("c1", "node").snapshot();
        NamespaceState node = snapshot.namespace("netns:node").orElseThrow();
        NamespaceState c1 = snapshot.namespace("netns:c1").orElseThrow();
        assertThat(link(node, "br0").bridge()).contains(new Link.Bridge(false, false, false, false));
        assertThat(link(node, "veth1").port()).contains(new Link.BridgePort(3, true, true, true, true));
        assertThat(snapshot.lower(node, link(node, "veth1"))).contains(new Snapshot.Place(c1, link(c1, "eth0")));
        assertThat(snapshot.lower(c1, link(c1, "mv0"))).contains(new Snapshot.Place(node, link(node, "up0")));
        assertThat(link(c1, "mv0").macvlanMode()).isEqualTo(OptionalInt.of(Link.MACVLAN_PRIVATE));
        assertThat(link(node, "vx0").vxlan())
                .contains(new Link.Vxlan(
                        42,
                        java.util.Optional.of(IpAddress.parse("192.0.2.1")),
                        java.util.Optional.of(IpAddress.parse("192.0.2.2")),
                        4789,
                        true,
                        link(node, "up0").index(),
                        false));
        Link up0 = link(node, "up0");
        long far = NetworkNamespace.inodeOf(Path.of("/run/netns/far"));
        assertThat(up0.lowerNamespace()).isEqualTo(OptionalLong.of(far));
        assertThat(snapshot.lower(node, up0)).isEmpty();
        assertThat(up0.lowerNamespaceUnknown()).isFalse();
    }

    @Test
    void aTunnelThatMovedTellsWhereItsOuterPacketsAre() {
        network.ip("node", "link add vx1 type vxlan id 43 local 192.0.2.1 dstport 4790")
                .ip("node", "link set vx1 netns c1");
        Link moved = link(state("c1"), "vx1");
        assertThat(moved.lower().isNone()).isTrue();
        assertThat(moved.lowerNamespace())
                .isEqualTo(OptionalLong.of(NetworkNamespace.inodeOf(Path.of("/run/netns/node"))));
    }

    @Test
    void addressesAreThoseOfIp() {
        for (String name : List.of("c1", "node", "far")) {
            NamespaceState state = state(name);
            assertThat(sorted(state.addresses().stream()
                            .map(address ->
                                    state.link(address.link()).orElseThrow().name() + " " + address.prefix())))
                    .isEqualTo(judge(
                            "ip -j -n " + name + " addr",
                            ".[] | .ifname as $n | .addr_info[] | \"\\($n) \\(.local)/\\(.prefixlen)\""));
        }
    }

    @Test
    void routesAreThoseOfIp() {
        NamespaceState node = state("node");
        for (Family family : Family.values()) {
            String flag = family == Family.IPV4 ? "-4" : "-6";
            assertThat(sorted(node.routes().stream()
                            .filter(route -> route.family() == family)
                            .map(route -> route.type().name().toLowerCase(Locale.ROOT) + " " + destination(route) + " "
                                    + route.priority())))
                    .isEqualTo(judge(
                            "ip -j " + flag + " -d -n node route show table all",
                            ".[] | \"\\(.type) \\(.dst) \\(.metric // 0)\""));
        }
        assertThat(node.routes())
                .filteredOn(route -> route.destination().equals(Prefix.parse("10.68.0.0/16")))
                .singleElement()
                .satisfies(route -> {
                    assertThat(route.mtu()).hasValue(1300);
                    assertThat(route.nextHops())
                            .extracting(Route.NextHop::weight)
                            .containsExactly(2, 1);
                    assertThat(route.nextHops())
                            .extracting(hop -> hop.gateway().orElseThrow().toString())
                            .containsExactly("192.0.2.2", "192.0.2.3");
                });
        assertThat(node.routes())
                .filteredOn(route -> route.destination().equals(Prefix.parse("10.67.0.0/16")))
                .singleElement()
                .satisfies(route -> {
                    assertThat(route.table()).isEqualTo(1000);
                    assertThat(route.nextHops()).isEmpty();
                });
    }

    private static String destination(Route route) {
        return route.destination().length() == 0
                ? "default"
                : route.destination().isSingle()
                        ? route.destination().address().toString()
                        : route.destination().toString();
    }

    @Test
    void routesOfSharedNextHopsAreResolved() {
        network.ip("node", "nexthop add id 7 via 192.0.2.7 dev up0")
                .ip("node", "nexthop add id 8 via 192.0.2.8 dev up0")
                .ip("node", "nexthop add id 9 group 7,3/8")
                .ip("node", "route add 10.70.0.0/16 nhid 9")
                .sysctl("node", "net.ipv4.nexthop_compat_mode", "0");
        NamespaceState node = state("node");
        assertThat(node.routes())
                .filteredOn(route -> route.destination().equals(Prefix.parse("10.70.0.0/16")))
                .singleElement()
                .satisfies(route -> assertThat(route.nextHops())
                        .extracting(hop -> hop.gateway().orElseThrow() + " " + hop.weight())
                        .containsExactly("192.0.2.7 3", "192.0.2.8 1"));
    }

    @Test
    void rulesAreThoseOfIp() {
        NamespaceState node = state("node");
        assertThat(node.rules().stream()
                        .filter(rule -> rule.family() == Family.IPV4)
                        .map(rule -> rule.priority() + " " + rule.action() + " " + rule.table()))
                .containsExactly("0 TABLE 255", "50 TABLE 1000", "60 TABLE 1001", "32766 TABLE 254", "32767 TABLE 253");
        RoutingRule marked = node.rules().get(1);
        assertThat(marked.source()).isEqualTo(Prefix.parse("172.17.0.0/16"));
        assertThat(marked.destination()).isEqualTo(Prefix.parse("10.0.0.0/8"));
        assertThat(marked.input()).isEqualTo("br0");
        assertThat(marked.mark()).isEqualTo(0x10);
        assertThat(marked.markMask()).isEqualTo(0xf0);
        RoutingRule ports = node.rules().get(2);
        assertThat(ports.inverted()).isTrue();
        assertThat(ports.ipProtocol()).isEqualTo(6);
        assertThat(ports.destinationPorts()).isEqualTo(new RoutingRule.PortRange(80, 90));
        assertThat(node.rules())
                .filteredOn(rule -> rule.family() == Family.IPV6 && rule.priority() == 70)
                .singleElement()
                .satisfies(rule -> assertThat(rule.suppressPrefixLength()).hasValue(0));
    }

    @Test
    void neighborsAndForwardingEntriesAreThoseOfIp() {
        assertThat(network.ping("c1", "172.17.0.1")).isTrue();
        NamespaceState node = state("node");
        assertThat(node.neighbors())
                .anySatisfy(neighbor -> {
                    assertThat(neighbor.address()).isEqualTo(IpAddress.parse("172.17.0.77"));
                    assertThat(neighbor.isStatic()).isTrue();
                })
                .anySatisfy(neighbor -> {
                    assertThat(neighbor.address()).isEqualTo(IpAddress.parse("172.17.0.2"));
                    assertThat(neighbor.isUsable()).isTrue();
                })
                .anySatisfy(neighbor -> {
                    assertThat(neighbor.address()).isEqualTo(IpAddress.parse("172.17.0.78"));
                    assertThat(neighbor.proxy()).isTrue();
                });
        assertThat(sorted(node.fdb().stream()
                        .map(entry -> "%s %s %s"
                                .formatted(
                                        entry.mac(),
                                        node.link(entry.link()).orElseThrow().name(),
                                        entry.remote().map(IpAddress::toString).orElse("")))))
                .isEqualTo(judge("bridge -j -n node fdb", ".[] | \"\\(.mac) \\(.ifname) \\(.dst // \"\")\""));
    }

    @Test
    void settingsOfDevicesAreThoseOfTheirFiles() {
        NamespaceState node = state("node");
        assertThat(node.sysctls().ipv4("br0", "rp_filter")).isEqualTo(1);
        assertThat(node.sysctls().number("net/ipv4/ip_forward")).hasValue(1);
        assertThat(node.forwards(Family.IPV4, link(node, "br0"))).isTrue();
        assertThat(node.forwards(Family.IPV6, link(node, "br0"))).isFalse();
        int compared = 0;
        for (String path : node.sysctls().values().keySet()) {
            var file = network.attempt("node", "cat", "/proc/sys/" + path);
            assertThat(file.exit()).as(path).isZero();
            if (!path.contains("nf_conntrack_count")) {
                assertThat(node.sysctls().values().get(path))
                        .as(path)
                        .isEqualTo(file.output().strip());
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(120);
    }

    @Test
    void countersAreThoseOfNstat() {
        var before = state("node").counters();
        network.attempt("c1", "ping", "-c", "1", "-W", "1", "172.17.0.1");
        String json = network.in("node", "nstat", "-a", "-s", "-z", "-j");
        List<String> lines = Tool.run(
                        "sh",
                        "-c",
                        "printf '%s' \"$1\" | jq -r \"$2\"",
                        "sh",
                        json,
                        ".kernel | to_entries[] | \"\\(.key) \\(.value)\"")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        assertThat(before.values().keySet()).hasSizeGreaterThan(200);
        var settings = List.of( // nstat leaves out what does not count up
                "IpForwarding",
                "IpDefaultTTL",
                "TcpRtoAlgorithm",
                "TcpRtoMin",
                "TcpRtoMax",
                "TcpMaxConn",
                "TcpCurrEstab");
        assertThat(lines.stream().map(line -> line.split(" ")[0]))
                .containsAll(before.values().keySet().stream()
                        .filter(name -> !settings.contains(name))
                        .toList());
        for (String line : lines) {
            String[] words = line.split(" ");
            assertThat(before.get(words[0])).as(words[0]).isLessThanOrEqualTo(Long.parseLong(words[1]));
        }
        Counters grown = state("node").counters().since(before);
        assertThat(grown.get("IpInReceives")).isPositive();
        assertThat(grown.get("IcmpInEchos")).isPositive();
    }
}
