package dev.lasthop.netlink.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What this package tells the kernel, read back by iproute2; and what iproute2 told it, read back by this package. */
@KernelTest
@SuppressWarnings("try") // a network is there to be closed
class RouteSocketTest {
    private static final int PROTOCOL = 4;

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    private static Prefix prefix(String text) {
        return Prefix.parse(text);
    }

    private static NetworkNamespace open(String name) {
        return NetworkNamespace.open(Path.of("/run/netns/" + name));
    }

    @Test
    void wiresTwoNamespacesAsIpSeesThem() {
        try (var network = new TestNetwork().namespace("a").namespace("b");
                var a = open("a");
                var b = open("b");
                var route = RouteSocket.open(a)) {
            route.create(LinkMessage.veth(
                            "eth0",
                            LinkMessage.of(
                                    LinkMessage.IFNAME.to("peer0"),
                                    LinkMessage.MTU.to(1400),
                                    LinkMessage.NET_NS_FD.to(b.fd().raw())))
                    .with(LinkMessage.mac(MacAddress.parse("02:00:00:00:00:07")), LinkMessage.MTU.to(1400)));
            IfIndex eth0 = route.index("eth0");
            route.change(LinkMessage.at(eth0).up());
            route.create(AddressMessage.of(eth0, prefix("10.1.2.3/24")));
            route.create(AddressMessage.of(eth0, prefix("fd00::3/64"), AddressMessage.FLAGS.to(AddressMessage.NO_DAD)));
            assertThat(Tool.line("ip -n a link show eth0")).contains("mtu 1400", "02:00:00:00:00:07", "UP");
            assertThat(Tool.line("ip -n a addr show eth0"))
                    .contains("inet 10.1.2.3/24 brd 10.1.2.255", "inet6 fd00::3/64");
            assertThat(Tool.line("ip -n b -d link show peer0")).contains("veth", "mtu 1400", "state DOWN");
            int id = route.namespaceId(b).orElseThrow();
            assertThat(route.link("eth0").orElseThrow().attributes().get(LinkMessage.LINK_NETNSID))
                    .contains(id);
            route.delete(AddressMessage.of(eth0, prefix("10.1.2.3/24")));
            assertThat(Tool.line("ip -n a -4 addr show eth0")).isEmpty();
            route.delete(LinkMessage.at(eth0));
            assertThat(Tool.line("ip -n b link")).doesNotContain("peer0");
            assertThat(route.link("eth0")).isEmpty();
        }
    }

    @Test
    void makesRoutesRulesAndNeighbors() {
        try (var network = new TestNetwork().namespace("a");
                var a = open("a");
                var route = RouteSocket.open(a)) {
            route.create(LinkMessage.veth("e0", LinkMessage.of(LinkMessage.IFNAME.to("e1"))));
            IfIndex e0 = route.index("e0");
            route.change(LinkMessage.at(e0).up());
            route.change(LinkMessage.at(route.index("e1")).up());
            route.create(AddressMessage.of(e0, prefix("10.0.0.1/24")));
            route.create(RouteMessage.via(Prefix.all(Family.IPV4), ip("10.0.0.254"), 254, PROTOCOL));
            route.create(RouteMessage.of(prefix("10.9.0.0/16"), 1000, PROTOCOL, 0, RouteMessage.BLACKHOLE));
            route.create(RouteMessage.of(
                    prefix("10.8.0.0/16"),
                    254,
                    PROTOCOL,
                    0,
                    RouteMessage.UNICAST,
                    RouteMessage.MULTIPATH.to(List.of(
                            new RouteHop(0, 0, e0, Attributes.of(RouteMessage.GATEWAY.to(ip("10.0.0.2")))),
                            new RouteHop(0, 2, e0, Attributes.of(RouteMessage.GATEWAY.to(ip("10.0.0.3"))))))));
            assertThat(Tool.line("ip -n a route")).contains("default via 10.0.0.254 dev e0 proto static");
            assertThat(Tool.line("ip -n a route show table 1000")).contains("blackhole 10.9.0.0/16");
            assertThat(Tool.line("ip -n a route show 10.8.0.0/16"))
                    .contains("nexthop via 10.0.0.2 dev e0 weight 1", "nexthop via 10.0.0.3 dev e0 weight 3");
            var rule = RuleMessage.of(
                            Family.IPV4, 77, 1000, RuleMessage.SOURCE.to(ip("10.7.0.0")), RuleMessage.MARK.to(5))
                    .withLengths(16, 0);
            route.create(rule);
            assertThat(Tool.line("ip -n a rule")).contains("77:\tfrom 10.7.0.0/16 fwmark 0x5 lookup 1000");
            route.delete(rule);
            assertThat(Tool.line("ip -n a rule")).doesNotContain("77:");
            route.create(NeighborMessage.permanent(e0, ip("10.0.0.2"), MacAddress.parse("02:00:00:00:00:02")));
            route.create(NeighborMessage.proxy(e0, ip("10.0.0.9")));
            assertThat(Tool.line("ip -n a neigh")).contains("10.0.0.2 dev e0 lladdr 02:00:00:00:00:02 PERMANENT");
            assertThat(Tool.line("ip -n a neigh show proxy")).contains("10.0.0.9 dev e0");
            assertThat(route.proxies()).hasSize(1);
            assertThatThrownBy(() ->
                            route.create(RouteMessage.via(Prefix.all(Family.IPV4), ip("10.0.0.254"), 254, PROTOCOL)))
                    .isInstanceOf(KernelException.class)
                    .hasMessageStartingWith("create route default in net:[")
                    .hasMessageContaining("EEXIST");
            assertThatThrownBy(
                            () -> route.create(RouteMessage.via(prefix("1.0.0.0/8"), ip("192.0.2.1"), 254, PROTOCOL)))
                    .hasMessageContaining("ENETUNREACH: Nexthop has invalid gateway");
        }
    }

    @Test
    void makesEveryKindThatThisKernelHas() {
        try (var network = new TestNetwork().namespace("a");
                var a = open("a");
                var route = RouteSocket.open(a)) {
            route.create(LinkMessage.create(
                    "br0", "bridge", LinkKinds.Bridge.STP_STATE.to(0), LinkKinds.Bridge.MCAST_SNOOPING.to(0)));
            route.create(LinkMessage.veth("v0", LinkMessage.of(LinkMessage.IFNAME.to("v1"))));
            int v0 = route.index("v0").value();
            route.change(LinkMessage.at(
                    new IfIndex(v0), LinkMessage.MASTER.to(route.index("br0").value())));
            route.change(LinkMessage.bridgePort(
                    new IfIndex(v0), LinkKinds.BridgePort.MODE.to(1), LinkKinds.BridgePort.ISOLATED.to(1)));
            route.create(LinkMessage.create("mv0", "macvlan", LinkKinds.Macvlan.MODE.to(4))
                    .with(LinkMessage.LINK.to(route.index("v1").value())));
            route.create(LinkMessage.create(
                    "vx0",
                    "vxlan",
                    LinkKinds.Vxlan.ID.to(42),
                    LinkKinds.Vxlan.LOCAL.to(ip("192.0.2.1")),
                    LinkKinds.Vxlan.GROUP.to(ip("192.0.2.2")),
                    LinkKinds.Vxlan.PORT.to(4789),
                    LinkKinds.Vxlan.LEARNING.to(0)));
            route.create(LinkMessage.create("ifb9", "ifb"));
            assertThat(Tool.line("ip -n a -d link show br0")).contains("stp_state 0", "mcast_snooping 0");
            assertThat(Tool.line("ip -n a -d link show v0")).contains("master br0", "hairpin on", "isolated on");
            assertThat(Tool.line("ip -n a -d link show mv0")).contains("mv0@v1", "macvlan mode bridge");
            assertThat(Tool.line("ip -n a -d link show vx0"))
                    .contains("vxlan id 42 remote 192.0.2.2 local 192.0.2.1", "dstport 4789", "nolearning");
            MacAddress mac = MacAddress.parse("02:00:00:00:00:42");
            IfIndex vx0 = route.index("vx0");
            route.append(NeighborMessage.behindRemote(vx0, MacAddress.ZERO, ip("192.0.2.3")));
            route.create(NeighborMessage.behindRemote(vx0, mac, ip("192.0.2.4")));
            route.create(NeighborMessage.behindPort(new IfIndex(v0), mac));
            assertThat(Tool.line("bridge -n a fdb"))
                    .contains(
                            "02:00:00:00:00:42 dev vx0 dst 192.0.2.4 self permanent",
                            "00:00:00:00:00:00 dev vx0 dst 192.0.2.3 self permanent",
                            "02:00:00:00:00:42 dev v0 master br0 static");
            assertThat(route.fdb()).hasSize(Tool.line("bridge -n a fdb").split("\n").length);
            assertThat(route.bridgeVlans()).isNotEmpty();
            assertThat(route.links().stream().map(LinkMessage::kind)).contains("bridge", "veth", "macvlan", "vxlan");
        }
    }

    @Test
    void asksTheKernelForARoute() {
        try (var network = new TestNetwork().namespace("a");
                var a = open("a");
                var route = RouteSocket.open(a)) {
            network.ip("a", "link add e0 type veth peer name e1")
                    .ip("a", "link set e0 up")
                    .ip("a", "link set e1 up")
                    .ip("a", "addr add 10.0.0.1/24 dev e0")
                    .ip("a", "addr add fd00::1/64 dev e0 nodad")
                    .ip("a", "route add default via 10.0.0.254")
                    .ip("a", "route add default via 10.0.0.253 table 99")
                    .ip("a", "rule add fwmark 7 lookup 99 pref 50")
                    .ip("a", "route add prohibit 10.66.0.0/16");
            var answer = route.fibLookup(FlowQuestion.sentTo(ip("192.0.2.1")));
            assertThat(answer.attributes().get(RouteMessage.GATEWAY)).contains(ip("10.0.0.254"));
            assertThat(answer.attributes().get(RouteMessage.PREFERRED_SOURCE)).contains(ip("10.0.0.1"));
            var marked = route.fibLookup(FlowQuestion.sentTo(ip("192.0.2.1")).marked(7));
            assertThat(marked.attributes().get(RouteMessage.GATEWAY)).contains(ip("10.0.0.253"));
            assertThat(marked.table()).isEqualTo(99);
            var entry = route.fibMatch(FlowQuestion.sentTo(ip("10.0.0.77")));
            assertThat(entry.destinationLength()).isEqualTo(24);
            assertThat(route.fibLookup(FlowQuestion.sentTo(ip("fd00::9")))
                            .attributes()
                            .get(RouteMessage.OUTPUT))
                    .contains(route.index("e0").value());
            assertThatThrownBy(() -> route.fibLookup(FlowQuestion.sentTo(ip("10.66.0.1"))))
                    .hasMessageContaining("EACCES");
            assertThatThrownBy(() -> route.fibLookup(FlowQuestion.sentTo(ip("2001:db8::1"))))
                    .hasMessageContaining("ENETUNREACH");
        }
    }
}
