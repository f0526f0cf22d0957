package dev.lasthop.wiring.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.Limits;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.TableFamily;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Steps as values: their command lines and their JSON, without a kernel. */
class StepTest {
    private static final Place C1 = Place.named("c1");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private static final List<Step> STEPS = List.of(
            new NamespaceStep.Create("c1"),
            new LinkStep.CreateVeth(
                    new LinkStep.End(Place.HOST, "lh0", Optional.of(MAC), OptionalInt.of(1400)),
                    new LinkStep.End(C1, "eth0")),
            new LinkStep.CreateInside(
                    Place.HOST,
                    new LinkStep.Ipvlan("eth0", LinkStep.IpvlanMode.L3S),
                    new LinkStep.End(C1, "eth0", Optional.empty(), OptionalInt.of(1400))),
            new LinkStep.CreateInside(
                    Place.HOST,
                    new LinkStep.Macvlan("eth0", LinkStep.MacvlanMode.PASSTHRU),
                    new LinkStep.End(C1, "eth0", Optional.of(MAC), OptionalInt.empty())),
            new LinkStep.Group(Place.HOST, "lh0", 1_218_077_084),
            new LinkStep.Move(Place.HOST, "x", Place.process(42), "eth1"),
            new LinkStep.Create(
                    Place.HOST,
                    "vx",
                    new LinkStep.Vxlan(
                            7,
                            Optional.empty(),
                            Optional.of(IpAddress.parse("fd00::1")),
                            8472,
                            Optional.of("e"),
                            true)),
            new LinkStep.Create(
                    Place.HOST,
                    "vy",
                    new LinkStep.Vxlan(
                            8,
                            Optional.of(IpAddress.parse("192.0.2.1")),
                            Optional.empty(),
                            4789,
                            Optional.empty(),
                            false,
                            Encapsulation.USUAL
                                    .withChecksums(true, false, true)
                                    .withTtl(0)
                                    .with(Encapsulation.DontFragment.INHERIT)
                                    .from(new Encapsulation.Ports(50000, 50999)))),
            new LinkStep.AddVlans(C1, "p1", LinkStep.Vlans.access(10)),
            new LinkStep.AddVlans(C1, "br0", new LinkStep.Vlans(20, 29, false, false, true)),
            new LinkStep.DeleteVlans(C1, "p1", LinkStep.Vlans.tagged(20, 29)),
            new LinkStep.BridgeOption(C1, "br0", LinkStep.BridgeSetting.VLAN_DEFAULT_PVID, 0),
            new AddressStep.Add(C1, "eth0", Prefix.parse("fd00::2/64"), true),
            new RouteStep.Add(
                    C1,
                    RouteTo.everywhere(Family.IPV4)
                            .via(IpAddress.parse("169.254.1.1"))
                            .on("eth0")
                            .onLink()
                            .table(1000)
                            .metric(4_000_000_000L)
                            .source(IpAddress.parse("10.0.0.2"))),
            new RuleStep.Add(
                    Place.HOST,
                    RuleStep.Selector.lookup(Family.IPV6, 5, 77)
                            .in("a")
                            .out("b")
                            .mark(-1)),
            new NeighborStep.Add(C1, "eth0", IpAddress.parse("10.0.0.1"), MAC),
            new FdbStep.Add(Place.HOST, "vx", MAC, Optional.of(IpAddress.parse("192.0.2.9"))),
            new SysctlStep(Place.file(Path.of("/proc/7/ns/net")), "net/ipv4/conf/eth0.5/forwarding", "1"),
            FirewallStep.insert(
                    Place.HOST,
                    RuleBuilder.in(TableFamily.IP, "filter", "FORWARD")
                            .inputName("lh0")
                            .accept()
                            .comment("a b")
                            .build(),
                    "iifname lh0 accept comment \"a b\""),
            new ConntrackStep.Delete(
                    Place.HOST,
                    new Flow(Protocol.UDP, IpAddress.parse("10.0.0.2"), 1, IpAddress.parse("10.0.0.3"), 53)),
            new ConntrackStep.Add(
                    C1,
                    new Flow(Protocol.TCP, IpAddress.parse("fd00::1"), 40000, IpAddress.parse("fd00::2"), 8080),
                    IpAddress.parse("fd00::9"),
                    80),
            new ConntrackStep.Fill(C1, 7),
            new ConntrackStep.Forget(C1, 7),
            new StaleConnectionsStep(
                    Place.HOST,
                    StaleConnectionsStep.Which.LEADING_THERE,
                    List.of(
                            redirect(Optional.empty(), 8080, 8080, "10.88.0.2", 80),
                            redirect(Optional.of("2001:db8::1"), 8000, 8010, "fd88::2", 7000))),
            new StaleConnectionsStep(
                    C1,
                    StaleConnectionsStep.Which.LEADING_ELSEWHERE,
                    List.of(redirect(Optional.of("192.0.2.1"), 80, 80, "10.88.0.2", 80))));

    private static StaleConnectionsStep.Redirect redirect(
            Optional<String> host, int first, int last, String to, int there) {
        return new StaleConnectionsStep.Redirect(
                Protocol.TCP, host.map(IpAddress::parse), first, last, IpAddress.parse(to), there);
    }

    @Test
    void commandsAreWhatAnAdministratorWouldType() {
        assertThat(STEPS.stream().map(Step::command))
                .containsExactly(
                        "ip netns add c1",
                        "ip link add lh0 address 02:00:00:00:00:01 mtu 1400 type veth peer name eth0 netns c1",
                        "ip link add link eth0 name eth0 mtu 1400 netns c1 type ipvlan mode l3s",
                        "ip link add link eth0 name eth0 address 02:00:00:00:00:01 netns c1 type macvlan mode passthru",
                        "ip link set lh0 group 1218077084",
                        "ip link set x netns 42 name eth1",
                        "ip link add name vx type vxlan id 7 remote fd00::1 dstport 8472 dev e",
                        "ip link add name vy type vxlan id 8 local 192.0.2.1 dstport 4789 nolearning ttl auto df inherit"
                                + " srcport 50000 50999 udpcsum noudp6zerocsumtx udp6zerocsumrx",
                        "bridge -n c1 vlan add dev p1 vid 10 pvid untagged",
                        "bridge -n c1 vlan add dev br0 vid 20-29 self",
                        "bridge -n c1 vlan del dev p1 vid 20-29",
                        "ip -n c1 link set br0 type bridge vlan_default_pvid 0",
                        "ip -n c1 addr add fd00::2/64 dev eth0 nodad",
                        "ip -n c1 route add default via 169.254.1.1 dev eth0 onlink table 1000 metric 4000000000 src 10.0.0.2",
                        "ip -6 rule add from all iif a oif b fwmark 0xffffffff priority 5 lookup 77",
                        "ip -n c1 neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent",
                        "bridge fdb replace 02:00:00:00:00:01 dev vx dst 192.0.2.9 self permanent",
                        "nsenter --net=/proc/7/ns/net sysctl -w net/ipv4/conf/eth0.5/forwarding=1",
                        "nft 'insert rule ip filter FORWARD iifname lh0 accept comment \"a b\"'",
                        "conntrack -D -f ipv4 -p udp -s 10.0.0.2 -d 10.0.0.3 --sport 1 --dport 53",
                        "ip netns exec c1 conntrack -D -f ipv6 -p tcp -s fd00::1 -d fd00::2 --sport 40000 --dport 8080\n"
                                + "ip netns exec c1 conntrack -I -p tcp -s fd00::1 -d fd00::2 --sport 40000"
                                + " --dport 8080 --state SYN_SENT -u FIXED_TIMEOUT -t 86400 --dst-nat '[fd00::9]:80'",
                        "ip netns exec c1 sh -c 'i=0; while conntrack -I -p tcp -s 198.18.$((i / 65536)).$((i / 256 % 256))"
                                + " -d 198.19.0.1 --sport $((i % 256 + 1)) --dport 80 --state ESTABLISHED"
                                + " -u SEEN_REPLY,ASSURED -t 86400 -m 7; do i=$((i + 1)); done'",
                        "ip netns exec c1 conntrack -D -m 7",
                        "conntrack -D -f ipv4 -p tcp --orig-port-dst 8080 --reply-src 10.88.0.2 --reply-port-src 80 || true\n"
                                + "for port in $(seq 8000 8010); do conntrack -D -f ipv6 -p tcp --orig-dst 2001:db8::1"
                                + " --orig-port-dst $port --reply-src fd88::2 --reply-port-src $((port + -1000));"
                                + " done || true",
                        "ip netns exec c1 conntrack -D -f ipv4 -p tcp --orig-dst 192.0.2.1 --orig-port-dst 80 || true");
    }

    @Test
    void theJournalGivesBackWhatItWasGiven() {
        for (Step step : STEPS) {
            assertThat(read(Json.compact(step.toJson()))).isEqualTo(step);
        }
    }

    @Test
    void aDamagedJournalIsRefusedAndNothingElse() {
        var random = new Random(7);
        for (int round = 0; round < 4000; round++) {
            Step step = STEPS.get(random.nextInt(STEPS.size()));
            byte[] text = Json.compact(step.toJson()).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i <= random.nextInt(3); i++) {
                text[random.nextInt(text.length)] = (byte) (0x20 + random.nextInt(0x5f));
            }
            try {
                Step.ofJson(Json.readObject(text, Limits.DEFAULT)).command();
            } catch (JsonException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void sharedInterfacesAreMadeInTheirOwnNamespaceAtOnce() {
        assertThat(new LinkStep.CreateInside(
                                Place.HOST,
                                new LinkStep.Ipvlan("eth0", LinkStep.IpvlanMode.L3S),
                                new LinkStep.End(C1, "eth1", Optional.empty(), OptionalInt.of(1400)))
                        .command())
                .isEqualTo("ip link add link eth0 name eth1 mtu 1400 netns c1 type ipvlan mode l3s");
        assertThat(new LinkStep.Group(Place.HOST, "lh0", 7).command()).isEqualTo("ip link set lh0 group 7");
    }

    @Test
    void namesThatWouldLeaveTheirFolderAreRefused() {
        for (String key : List.of("kernel.panic", "net/../kernel/panic", "net//x", "net/./x", "", "net/a\0b")) {
            assertThatThrownBy(() -> new SysctlStep(C1, key, "1")).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("", "..", "a/b", "a\0b")) {
            assertThatThrownBy(() -> Place.named(name)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String label : List.of("", "c1", "netns:", "pid:0", "pid:x", "pid:-1", "docker:x")) {
            assertThatThrownBy(() -> Place.parse(label)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Step read(String json) {
        return Step.ofJson(Json.readObject(json.getBytes(StandardCharsets.UTF_8), Limits.DEFAULT));
    }
}
