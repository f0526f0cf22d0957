package dev.lasthop.wiring.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.topology.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each step on the real kernel: what it did as other people's tools see it, and that its undo, read back from JSON, leaves nothing. */
@KernelTest
class StepKernelTest {
    private static final Place A = Place.named("a");
    private static final Place B = Place.named("b");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:77");

    private final TestNetwork network = new TestNetwork();
    private final Places places = Places.here();

    @BeforeEach
    void wire() {
        network.namespace("a").namespace("b").veth("a", "eth0", "b", "eth0");
        network.ip("a", "addr add 10.1.0.1/24 dev eth0").ip("b", "addr add 10.1.0.2/24 dev eth0");
        network.ip("a", "addr add fd00::1/64 dev eth0 nodad").ip("b", "addr add fd00::2/64 dev eth0 nodad");
        network.ip("a", "route add 10.9.0.0/16 via 10.1.0.2").ip("a", "route add default via 10.1.0.2");
        network.ip("a", "link add br0 address 02:00:00:00:00:aa type bridge").ip("a", "link set br0 up");
        network.ip("a", "link add i9 type ifb").ip("a", "link set i9 master br0 up");
        network.ip("a", "addr add 10.2.0.1/24 dev br0").ip("a", "-6 route add fd09::/64 via fd00::2");
    }

    @AfterEach
    void close() {
        places.close();
        network.close();
    }

    /** A process that is killed leaves the last record: what it says has to be enough. */
    @Test
    void whatGoesWithANewLinkIsTakenBackByItsDeletionAlone() {
        List<List<Step>> records = new ArrayList<>();
        Journal journal = _ -> new Journal.Entry() {
            @Override
            public void record(List<Step> undo) {
                records.add(undo);
            }

            @Override
            public void close() {}
        };
        List<String> a = KernelState.of(network, "a");
        List<String> b = KernelState.of(network, "b");
        Plan.of(
                        "new",
                        new LinkStep.CreateVeth(new LinkStep.End(A, "v0"), new LinkStep.End(B, "v1")),
                        new LinkStep.Master(A, "v0", Optional.of("br0")),
                        new SysctlStep(A, "net/ipv4/conf/v0/rp_filter", "2"),
                        LinkStep.up(A, "v0"),
                        new LinkStep.PortOption(A, "v0", LinkStep.BridgePortOption.HAIRPIN, 1),
                        new SysctlStep(A, "net/ipv4/conf/br0/rp_filter", "2"),
                        new AddressStep.Add(B, "v1", Prefix.parse("10.2.0.2/24"), false),
                        LinkStep.up(B, "v1"),
                        new RouteStep.Add(
                                B,
                                RouteTo.everywhere(Family.IPV4)
                                        .via(IpAddress.parse("10.2.0.1"))
                                        .on("v1")),
                        new RouteStep.Add(
                                B,
                                RouteTo.everywhere(Family.IPV4)
                                        .via(IpAddress.parse("10.1.0.1"))
                                        .on("eth0")
                                        .metric(7)))
                .apply(places, journal);
        assertThat(network.in("b", "ip", "route")).contains("via 10.2.0.1 dev v1", "via 10.1.0.1 dev eth0 metric 7");
        LinkStep deletion = new LinkStep.Delete(A, "v0");
        assertThat(records).hasSize(3);
        assertThat(records.getFirst()).containsExactly(deletion);
        assertThat(records.getLast()).hasSize(3).endsWith(deletion);
        assertThat(Undo.all(records.getLast(), places)).isEmpty();
        KernelState.settled(network, "a", a, "is as before");
        KernelState.settled(network, "b", b, "is as before");
    }

    @Test
    void linksAreMadeAndTakenBack() {
        check(
                new LinkStep.CreateVeth(
                        new LinkStep.End(A, "v0", Optional.of(MAC), OptionalInt.of(1400)), new LinkStep.End(B, "v1")),
                "ip -n a link add v0 address 02:00:00:00:00:77 mtu 1400 type veth peer name v1 netns b",
                "ip -d link show v0",
                "mtu 1400",
                "02:00:00:00:00:77",
                "veth");
        check(
                new LinkStep.Create(A, "m0", new LinkStep.Macvlan("eth0", LinkStep.MacvlanMode.PRIVATE)),
                "ip -n a link add link eth0 name m0 type macvlan mode private",
                "ip -d link show m0",
                "macvlan mode private");
        check(
                new LinkStep.Create(
                        A,
                        "x0",
                        new LinkStep.Vxlan(
                                7,
                                Optional.of(IpAddress.parse("10.1.0.1")),
                                Optional.empty(),
                                4789,
                                Optional.of("eth0"),
                                false)),
                "ip -n a link add name x0 type vxlan id 7 local 10.1.0.1 dstport 4789 dev eth0 nolearning",
                "ip -d link show x0",
                "vxlan id 7 local 10.1.0.1 dev eth0",
                "nolearning");
        check(
                new LinkStep.Create(
                        A,
                        "x0",
                        new LinkStep.Vxlan(
                                7,
                                Optional.of(IpAddress.parse("fd00::1")),
                                Optional.empty(),
                                4789,
                                Optional.empty(),
                                false,
                                Encapsulation.USUAL
                                        .withChecksums(false, true, true)
                                        .withTtl(9)
                                        .with(Encapsulation.DontFragment.SET)
                                        .from(new Encapsulation.Ports(50000, 50999)))),
                "ip -n a link add name x0 type vxlan id 7 local fd00::1 dstport 4789 nolearning ttl 9 df set"
                        + " srcport 50000 50999 noudpcsum udp6zerocsumtx udp6zerocsumrx",
                "ip -d link show x0",
                "vxlan id 7 local fd00::1 srcport 50000 50999 dstport 4789",
                "ttl 9 df set",
                "noudpcsum udp6zerocsumtx udp6zerocsumrx");
        check(
                new LinkStep.Create(A, "i0", new LinkStep.Ifb()),
                "ip -n a link add name i0 type ifb",
                "ip -d link show i0",
                "ifb");
    }

    @Test
    void linksAreChangedAndChangedBack() {
        check(LinkStep.down(A, "eth0"), "ip -n a link set eth0 down", "ip link show eth0", "state DOWN");
        check(new LinkStep.Mtu(A, "eth0", 900), "ip -n a link set eth0 mtu 900", "ip link show eth0", "mtu 900");
        check(new LinkStep.Mac(A, "eth0", MAC), "ip -n a link set eth0 address " + MAC, "ip link", MAC.toString());
        check(
                new LinkStep.Master(A, "eth0", Optional.of("br0")),
                "ip -n a link set eth0 master br0",
                "ip link show eth0",
                "master br0");
        network.ip("a", "link set eth0 master br0");
        check(
                new LinkStep.Master(A, "eth0", Optional.empty()),
                "ip -n a link set eth0 nomaster",
                "ip link show eth0",
                "eth0");
        check(
                new LinkStep.PortOption(A, "eth0", LinkStep.BridgePortOption.ISOLATED, 1),
                "bridge -n a link set dev eth0 isolated on",
                "bridge -d link show dev eth0",
                "isolated on");
        check(
                new LinkStep.PortOption(A, "eth0", LinkStep.BridgePortOption.STATE, 0),
                "bridge -n a link set dev eth0 state 0",
                "bridge -d link show dev eth0",
                "state disabled");
        check(
                new LinkStep.BridgeOption(A, "br0", LinkStep.BridgeSetting.MCAST_SNOOPING, 0),
                "ip -n a link set br0 type bridge mcast_snooping 0",
                "ip -d link show br0",
                "mcast_snooping 0");
        check(
                new LinkStep.Flag(A, "eth0", LinkStep.LinkFlag.NO_ARP, true),
                "ip -n a link set eth0 arp off",
                "ip link show eth0",
                "NOARP");
        check(new LinkStep.Rename(A, "br0", "br1"), "ip -n a link set br0 name br1", "ip link show br1", "br1");
    }

    @Test
    void whatHungOnADeletedBridgeComesBack() {
        network.ip("a", "link set eth0 master br0").ip("a", "route add 10.77.0.0/16 via 10.2.0.9");
        check(new LinkStep.Delete(A, "br0"), "ip -n a link del br0", "ip link show eth0", "eth0");
    }

    @Test
    void theLimitOfADeletedLinkComesBack() {
        network.ip("a", "link add w0 address 02:00:00:00:00:ab type ifb").ip("a", "link set w0 up");
        network.in(
                "a", "tc", "qdisc", "add", "dev", "w0", "root", "handle", "1:", "tbf", "rate", "10mbit", "burst",
                "12500", "limit", "75000");
        check(new LinkStep.Delete(A, "w0"), "ip -n a link del w0", "tc qdisc show", "dev i9");
    }

    @Test
    void addressesAndRoutes() {
        check(
                new AddressStep.Add(A, "eth0", Prefix.parse("10.3.0.1/16"), false),
                "ip -n a addr add 10.3.0.1/16 dev eth0",
                "ip addr show eth0",
                "inet 10.3.0.1/16");
        check(
                new AddressStep.Add(A, "eth0", Prefix.parse("fd01::1/64"), true),
                "ip -n a addr add fd01::1/64 dev eth0 nodad",
                "ip addr show eth0",
                "inet6 fd01::1/64");
        check(
                new AddressStep.Delete(A, "eth0", Prefix.parse("10.1.0.1/24")),
                "ip -n a addr del 10.1.0.1/24 dev eth0",
                "ip addr show eth0",
                "fd00::1");
        RouteTo route = RouteTo.prefix(Prefix.parse("10.5.0.0/16"))
                .via(IpAddress.parse("10.1.0.2"))
                .on("eth0");
        check(
                new RouteStep.Add(A, route.metric(50).mtu(1300)),
                "ip -n a route add 10.5.0.0/16 via 10.1.0.2 dev eth0 metric 50 mtu 1300",
                "ip route",
                "10.5.0.0/16 via 10.1.0.2 dev eth0 metric 50 mtu 1300");
        check(
                new RouteStep.Replace(A, RouteTo.everywhere(Family.IPV4).via(IpAddress.parse("10.1.0.77"))),
                "ip -n a route replace default via 10.1.0.77",
                "ip route",
                "default via 10.1.0.77");
        check(
                new RouteStep.Delete(A, RouteTo.prefix(Prefix.parse("10.9.0.0/16"))),
                "ip -n a route del 10.9.0.0/16",
                "ip route",
                "default");
        check(
                new RouteStep.Delete(A, RouteTo.prefix(Prefix.parse("fd09::/64"))),
                "ip -n a -6 route del fd09::/64",
                "ip -6 route",
                "fd00::/64");
        check(
                new RouteStep.Add(A, RouteTo.prefix(Prefix.parse("10.6.0.0/16")).type(Route.Type.BLACKHOLE)),
                "ip -n a route add blackhole 10.6.0.0/16",
                "ip route",
                "blackhole 10.6.0.0/16");
        check(
                new RouteStep.Add(
                        A,
                        RouteTo.prefix(Prefix.parse("fd06::/64"))
                                .type(Route.Type.UNREACHABLE)
                                .table(77)),
                "ip -n a -6 route add unreachable fd06::/64 table 77",
                "ip -6 route show table 77",
                "unreachable fd06::/64");
    }

    @Test
    void rules() {
        RuleStep.Selector rule = RuleStep.Selector.lookup(Family.IPV4, 100, 77)
                .from(Prefix.parse("10.1.0.0/24"))
                .mark(0x10);
        check(
                new RuleStep.Add(A, rule),
                "ip -n a rule add from 10.1.0.0/24 fwmark 0x10 priority 100 lookup 77",
                "ip rule",
                "from 10.1.0.0/24 fwmark 0x10 lookup 77");
        check(
                new RuleStep.Add(
                        A,
                        RuleStep.Selector.lookup(Family.IPV6, 90, 0)
                                .to(Prefix.parse("fd09::/16"))
                                .action(RuleStep.Action.PROHIBIT)),
                "ip -n a -6 rule add from all to fd09::/16 priority 90 prohibit",
                "ip -6 rule",
                "to fd09::/16 prohibit");
    }

    @Test
    void neighborsAndFdb() {
        IpAddress peer = IpAddress.parse("10.1.0.2");
        check(
                new NeighborStep.Add(A, "eth0", peer, MAC),
                "ip -n a neigh replace 10.1.0.2 lladdr " + MAC + " dev eth0 nud permanent",
                "ip neigh",
                "10.1.0.2 dev eth0 lladdr " + MAC + " PERMANENT");
        network.ip("a", "neigh replace 10.1.0.2 lladdr 02:00:00:00:00:01 dev eth0 nud permanent");
        check(
                new NeighborStep.Delete(A, "eth0", peer),
                "ip -n a neigh del 10.1.0.2 dev eth0",
                "ip addr show eth0",
                "eth0");
        check(
                new NeighborStep.AddProxy(A, "eth0", IpAddress.parse("10.1.0.99")),
                "ip -n a neigh add proxy 10.1.0.99 dev eth0",
                "ip neigh show proxy",
                "10.1.0.99 dev eth0");
        network.ip("a", "link set eth0 master br0");
        check(
                new FdbStep.Add(A, "eth0", MAC, Optional.empty()),
                "bridge -n a fdb replace " + MAC + " dev eth0 master static",
                "bridge fdb show dev eth0",
                MAC + " master br0 static");
        network.ip("a", "link add x0 type vxlan id 7 dstport 4789 nolearning");
        check(
                new FdbStep.Add(A, "x0", MAC, Optional.of(peer)),
                "bridge -n a fdb replace " + MAC + " dev x0 dst 10.1.0.2 self permanent",
                "bridge fdb show dev x0",
                MAC + " dst 10.1.0.2 self permanent");
        network.in("a", "bridge", "fdb", "add", MAC.toString(), "dev", "x0", "dst", "10.1.0.3", "self", "permanent");
        check(
                new FdbStep.Add(A, "x0", MAC, Optional.of(peer)),
                "bridge -n a fdb replace " + MAC + " dev x0 dst 10.1.0.2 self permanent",
                "bridge fdb show dev x0",
                MAC + " dst 10.1.0.2 self permanent");
        check(
                new FdbStep.Add(A, "x0", MacAddress.ZERO, Optional.of(peer)),
                "bridge -n a fdb append 00:00:00:00:00:00 dev x0 dst 10.1.0.2 self permanent",
                "bridge fdb show dev x0",
                "00:00:00:00:00:00 dst 10.1.0.2 self permanent",
                MAC + " dst 10.1.0.3 self permanent");
        check(
                new FdbStep.Delete(A, "x0", MAC, Optional.of(IpAddress.parse("10.1.0.3"))),
                "bridge -n a fdb del " + MAC + " dev x0 dst 10.1.0.3 self",
                "ip -d link show x0",
                "vxlan");
    }

    @Test
    void whatHungOnAVxlanComesBack() {
        network.ip(
                "a",
                "link add x0 address 02:00:00:00:00:cc type vxlan id 7 local 10.1.0.1 dstport 4789 nolearning noudpcsum");
        network.ip("a", "link set x0 mtu 1400 up").ip("a", "addr add 10.5.1.0/32 dev x0");
        network.ip("a", "addr add fd05:1::/128 dev x0 nodad");
        network.ip("a", "route add 10.5.2.0/24 via 10.5.2.0 dev x0 onlink proto 76");
        network.ip("a", "-6 route add fd05:2::/64 via fd05:2:: dev x0 onlink proto 76");
        network.ip("a", "neigh add 10.5.2.0 lladdr " + MAC + " dev x0 nud permanent");
        network.ip("a", "neigh add fd05:2:: lladdr " + MAC + " dev x0 nud permanent");
        network.in("a", "bridge", "fdb", "add", MAC.toString(), "dev", "x0", "dst", "10.1.0.2", "self", "permanent");
        check(LinkStep.down(A, "x0"), "ip -n a link set x0 down", "ip link show x0", "state DOWN");
        check(new LinkStep.Delete(A, "x0"), "ip -n a link del x0", "ip link show eth0", "eth0");
    }

    @Test
    void aTunnelsRoutesAreOnLink() {
        network.ip("a", "link add x0 type vxlan id 7 local 10.1.0.1 dstport 4789 nolearning")
                .ip("a", "link set x0 up");
        network.ip("a", "addr add 10.5.1.0/32 dev x0").ip("a", "addr add fd05:1::/128 dev x0 nodad");
        for (String subnet : List.of("10.5.2.0/24", "fd05:2::/64")) {
            Prefix prefix = Prefix.parse(subnet);
            String family = prefix.family() == Family.IPV6 ? "-6 " : "";
            check(
                    new RouteStep.Add(
                            A,
                            RouteTo.prefix(prefix)
                                    .via(prefix.address())
                                    .on("x0")
                                    .onLink()
                                    .protocol(76)),
                    "ip -n a " + family + "route add " + subnet + " via " + prefix.address()
                            + " dev x0 onlink proto 76",
                    "ip " + family + "route show dev x0",
                    subnet + " via " + prefix.address() + " proto 76",
                    "onlink");
        }
    }

    @Test
    void aKernelWithoutVlanFilteringSaysSo() {
        network.ip("a", "link set eth0 master br0");
        network.ip("a", "link add br7 type bridge");
        boolean has = network.attempt("a", "ip", "link", "set", "br7", "type", "bridge", "vlan_filtering", "1")
                        .exit()
                == 0;
        Step filtering = new LinkStep.BridgeOption(A, "br0", LinkStep.BridgeSetting.VLAN_FILTERING, 1);
        Step vlan = new LinkStep.AddVlans(A, "eth0", LinkStep.Vlans.access(10));
        if (has) {
            check(
                    filtering,
                    "ip -n a link set br0 type bridge vlan_filtering 1",
                    "ip -d link show br0",
                    "vlan_filtering 1");
            filtering.apply(places);
            check(
                    vlan,
                    "bridge -n a vlan add dev eth0 vid 10 pvid untagged",
                    "bridge vlan show dev eth0",
                    "10 PVID Egress Untagged");
            check(
                    new LinkStep.AddVlans(A, "br0", new LinkStep.Vlans(20, 29, false, false, true)),
                    "bridge -n a vlan add dev br0 vid 20-29 self",
                    "bridge vlan show dev br0",
                    "20",
                    "29");
            check(
                    new LinkStep.DeleteVlans(A, "eth0", new LinkStep.Vlans(1, 1, false, false, false)),
                    "bridge -n a vlan del dev eth0 vid 1",
                    "ip -d link show br0",
                    "vlan_filtering 1");
            return;
        }
        for (Step step : List.of(filtering, vlan)) {
            assertThat(step.undo(places)).isNotNull();
            assertThatThrownBy(() -> step.apply(places))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContainingAll("EOPNOTSUPP", "netns:a", "CONFIG_BRIDGE_VLAN_FILTERING");
        }
    }

    @Test
    void sysctlsTakeBackWhatTheySetAlong() {
        network.sysctl("a", "net.ipv4.conf.eth0.forwarding", "1")
                .sysctl("a", "net.ipv4.conf.all.accept_redirects", "0");
        network.sysctl("a", "net.ipv6.conf.br0.forwarding", "1");
        check(
                new SysctlStep(A, "net.ipv4.ip_forward", "1"),
                "ip netns exec a sysctl -w net.ipv4.ip_forward=1",
                "sysctl net.ipv4.conf.br0.forwarding",
                "= 1");
        assertThat(network.in("a", "sysctl", "-n", "net.ipv4.conf.eth0.forwarding"))
                .isEqualTo("1\n");
        check(
                new SysctlStep(A, "net.ipv6.conf.all.forwarding", "1"),
                "ip netns exec a sysctl -w net.ipv6.conf.all.forwarding=1",
                "sysctl net.ipv6.conf.eth0.forwarding",
                "= 1");
        assertThat(network.in("a", "sysctl", "-n", "net.ipv6.conf.br0.forwarding"))
                .isEqualTo("1\n");
        assertThat(network.in("a", "sysctl", "-n", "net.ipv6.conf.eth0.forwarding"))
                .isEqualTo("0\n");
    }

    @Test
    void firewall() {
        var table = TableMessage.of(TableFamily.INET, "mine");
        var chain = ChainMessage.base(
                TableFamily.INET, "mine", "forward", "filter", new BaseHook(BaseHook.FORWARD, 0), true);
        check(
                new FirewallStep(
                        A, List.of(new FirewallStep.Add(table), new FirewallStep.Add(chain)), List.of("nft …")),
                "nft …",
                "nft list ruleset",
                "table inet mine");
        network.in("a", "nft", "add table ip other");
        network.in("a", "nft", "add chain ip other c { type filter hook forward priority 0 ; }");
        network.in("a", "nft", "add rule ip other c ip saddr 1.2.3.4 counter accept");
        network.in("a", "nft", "add rule ip other c ip saddr 1.2.3.5 drop");
        network.in("a", "nft", "add rule ip other c ip saddr 1.2.3.6 drop comment \"x\"");
        var rule = RuleBuilder.in(TableFamily.IP, "other", "c")
                .source(Prefix.parse("9.9.9.9"))
                .counter()
                .drop()
                .build();
        check(
                FirewallStep.append(A, rule, "ip saddr 9.9.9.9 counter drop"),
                "ip netns exec a nft add rule ip other c ip saddr 9.9.9.9 counter drop",
                "nft list ruleset",
                "ip saddr 9.9.9.9 counter packets 0 bytes 0 drop");
        check(
                FirewallStep.insert(A, rule, "ip saddr 9.9.9.9 counter drop"),
                "ip netns exec a nft insert rule ip other c ip saddr 9.9.9.9 counter drop",
                "nft list ruleset",
                "ip saddr 9.9.9.9 counter packets 0 bytes 0 drop");
        check(
                FirewallStep.policy(A, TableFamily.IP, "other", "c", false),
                "ip netns exec a nft 'chain ip other c { policy drop ; }'",
                "nft list ruleset",
                "policy drop");
        for (long handle = 2; handle <= 4; handle++) {
            check(
                    FirewallStep.deleteRule(A, TableFamily.IP, "other", "c", handle),
                    "ip netns exec a nft delete rule ip other c handle " + handle,
                    "nft list ruleset",
                    "chain c");
        }
        check(
                FirewallStep.deleteTable(A, TableFamily.IP, "other"),
                "ip netns exec a nft delete table ip other",
                "ip link",
                "eth0");
    }

    @Test
    void namespaces() {
        check(new NamespaceStep.Create("c"), "ip netns add c", "ip netns list", "c");
        new NamespaceStep.Create("c").apply(places);
        new NamespaceStep.Delete("c").apply(places);
        assertThat(network.in("a", "ip", "netns", "list")).doesNotContain("c");
    }

    @Test
    void aRefusalNamesTheThingAndThePlace() {
        assertThatThrownBy(() -> LinkStep.up(A, "nope").apply(places))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("nope")
                .hasMessageContaining("netns:a")
                .hasMessageContaining("ENODEV");
        assertThatThrownBy(() -> LinkStep.up(Place.named("nowhere"), "eth0").apply(places))
                .hasMessageContaining("netns:nowhere")
                .hasMessageContaining("no namespace of that name");
        assertThatThrownBy(() -> new SysctlStep(A, "net.ipv4.nope", "1").apply(places))
                .hasMessageContaining("net.ipv4.nope");
    }

    @Test
    void aPlanThatFailsIsUndone() {
        List<String> before = KernelState.of(network, "a");
        Plan plan = Plan.of(
                "try",
                new LinkStep.Create(A, "br5", new LinkStep.Bridge()),
                new AddressStep.Add(A, "br5", Prefix.parse("10.55.0.1/24"), false),
                LinkStep.up(A, "br5"),
                LinkStep.down(A, "eth0"),
                LinkStep.up(A, "missing"));
        assertThatThrownBy(() -> plan.apply(places))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining("missing")
                .hasMessageContaining("Everything is as it was before");
        KernelState.settled(network, "a", before, "after a refusal");
    }

    private void check(Step step, String command, String question, String... shows) {
        new StepCheck(network, places, "a").check(step, command, question, shows);
    }
}
