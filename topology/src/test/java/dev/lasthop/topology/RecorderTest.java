package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Networks that iproute2 built, as a recording has them, judged line by line by iproute2. */
@KernelTest
class RecorderTest {
    private TestNetwork network = new TestNetwork();

    @BeforeEach
    void build() {
        network = new TestNetwork().namespace("c1").namespace("node").namespace("far");
        network.veth("c1", "eth0", "node", "veth1")
                .ip("node", "link add br0 type bridge mcast_snooping 0")
                .ip("node", "link set br0 up")
                .ip("node", "link set veth1 master br0")
                .ip("node", "link set veth1 type bridge_slave hairpin on isolated on")
                .ip("node", "addr add 172.17.0.1/16 dev br0")
                .ip("node", "addr add fd00:17::1/64 dev br0 nodad")
                .ip("c1", "addr add 172.17.0.2/16 dev eth0")
                .ip("c1", "addr add fd00:17::2/64 dev eth0 nodad")
                .ip("c1", "route add default via 172.17.0.1")
                .ip("c1", "-6 route add default via fd00:17::1")
                .veth("node", "up0", "far", "eth0")
                .ip("node", "addr add 192.0.2.1/24 dev up0")
                .ip("far", "addr add 192.0.2.2/24 dev eth0")
                .ip("node", "link add mv0 link up0 type macvlan mode private")
                .ip("node", "link set mv0 netns c1")
                .ip("node", "link add vx0 type vxlan id 42 local 192.0.2.1 remote 192.0.2.2 dstport 4789 dev up0")
                .ip("node", "link set vx0 mtu 1400 master br0")
                .ip("node", "route add blackhole 10.66.0.0/16")
                .ip("node", "-6 route add unreachable fd66::/64")
                .ip("node", "route add prohibit 10.67.0.0/16 table 1000")
                .ip("node", "route add 10.68.0.0/16 mtu 1300 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3")
                .ip("node", "rule add from 172.17.0.0/16 to 10.0.0.0/8 iif br0 fwmark 0x10/0xf0 lookup 1000 pref 50")
                .ip("node", "rule add not ipproto tcp dport 80-90 lookup 1001 pref 60")
                .ip("node", "-6 rule add lookup main suppress_prefixlength 0 pref 70")
                .ip("node", "neigh add 172.17.0.77 lladdr 02:00:00:00:00:77 dev br0")
                .ip("node", "neigh add proxy 172.17.0.78 dev br0")
                .sysctl("node", "net.ipv4.ip_forward", "1")
                .sysctl("node", "net.ipv4.conf.br0.rp_filter", "1")
                .sysctl("node", "net.ipv6.conf.up0.disable_ipv6", "1");
        network.in("node", "bridge", "fdb", "add", "02:00:00:00:00:99", "dev", "vx0", "dst", "192.0.2.9", "self");
        network.in("node", "bridge", "fdb", "add", "02:00:00:00:00:98", "dev", "veth1", "master", "static");
    }

    @AfterEach
    void close() {
        network.close();
    }

    private static Atlas atlas(String... names) {
        var atlas = new Atlas(Namespaces.find(), Recorder.basic());
        for (String name : names) {
            try (var namespace = NetworkNamespace.open(Path.of("/run/netns/" + name))) {
                atlas.load(namespace, "netns:" + name);
            }
        }
        return atlas;
    }

    private static NamespaceState state(String name) {
        NamespaceState state = atlas(name).snapshot().namespace("netns:" + name).orElseThrow();
        assertThat(state.gaps()).isEmpty();
        return state;
    }

    private static Link link(NamespaceState state, String name) {
        return state.link(name).orElseThrow();
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
        assertThat(compared).isGreaterThan(200);
    }

    @Test
    void countersAreThoseOfTheFiles() {
        NamespaceState before = state("node");
        network.attempt("c1", "ping", "-c", "1", "-W", "1", "10.66.0.1");
        Counters grown = state("node").counters().since(before.counters());
        assertThat(grown.get("IpInReceives")).isPositive();
        assertThat(grown.get("IpExtInNoRoutes") + grown.get("IpInNoRoutes") + grown.get("IpOutNoRoutes"))
                .as("%s", grown)
                .isPositive();
        assertThat(before.counters().values())
                .containsKeys("TcpExtIPReversePathFilter", "Ip6InNoRoutes", "IcmpMsgInType8");
    }

    @Test
    void ownersOfAnAddressAreFoundEverywhere() {
        network.ip("far", "addr add 172.17.0.2/32 dev lo");
        var owners = atlas().owners(IpAddress.parse("172.17.0.2"), 100);
        assertThat(owners)
                .extracting(owner -> owner.namespace().name() + " " + owner.link())
                .containsExactly("netns:c1 eth0", "netns:far lo");
    }
}
