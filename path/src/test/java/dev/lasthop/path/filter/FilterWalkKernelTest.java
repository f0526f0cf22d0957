package dev.lasthop.path.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.nftables.NftTracer;
import dev.lasthop.netlink.nftables.TraceEvent;
import dev.lasthop.netlink.nftables.TraceFilter;
import dev.lasthop.path.Filtering.Layer;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.PacketState.Tracking;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Recorder;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Random rules and random packets: what we predict against what the kernel's own trace says. */
@KernelTest
class FilterWalkKernelTest {
    private static final long SEED = 4711;
    private static final int RULE_SETS = 25;
    private static final int PACKETS = 12;
    private static final List<String> TARGETS = List.of("10.2.0.2", "10.1.0.1", "10.2.0.3", "10.9.0.9", "10.2.0.1");

    private TestNetwork network;
    private NetworkNamespace router;
    private NetworkNamespace sender;
    private int nextPort = 20_000;

    @BeforeEach
    void build() {
        network = new TestNetwork().namespace("a").namespace("r").namespace("b");
        network.veth("a", "eth0", "r", "left").veth("b", "eth0", "r", "right");
        network.ip("a", "addr add 10.1.0.2/24 dev eth0").ip("a", "route add default via 10.1.0.1");
        network.ip("r", "addr add 10.1.0.1/24 dev left").ip("r", "addr add 10.2.0.1/24 dev right");
        network.ip("r", "route add default via 10.2.0.2");
        network.ip("b", "addr add 10.2.0.2/24 dev eth0").ip("b", "addr add 10.2.0.3/24 dev eth0");
        network.sysctl("r", "net.ipv4.ip_forward", "1");
        network.in(
                "b",
                "nft",
                "table ip q { chain o { type filter hook output priority 0; icmp type destination-unreachable drop; }; }");
        router = NetworkNamespace.open(Path.of("/run/netns/r"));
        sender = NetworkNamespace.open(Path.of("/run/netns/a"));
        network.ping("a", "10.2.0.2"); // so that neighbours are known
    }

    @AfterEach
    void remove() {
        router.close();
        sender.close();
        network.close();
    }

    @Test
    void randomRulesOfNft() {
        var random = new Random(SEED);
        for (int i = 0; i < RULE_SETS; i++) {
            String rules = new RandomRules(random).nft();
            network.in("r", "nft", "flush ruleset; " + rules);
            compare(random, rules);
        }
    }

    @Test
    void randomRulesOfIptables() {
        var random = new Random(SEED);
        for (int i = 0; i < RULE_SETS; i++) {
            network.in("r", "nft", "flush", "ruleset");
            List<String> rules = new RandomRules(random).iptables();
            for (String rule : rules) {
                var words = new ArrayList<>(List.of("iptables-nft"));
                words.addAll(List.of(rule.split(" ")));
                network.in("r", words.toArray(String[]::new));
            }
            compare(random, String.join("\n", rules));
        }
    }

    /** The older tables tell nothing of single packets: their counters must grow as predicted. */
    @Test
    void randomRulesOfTheOlderTables() {
        var random = new Random(SEED);
        for (int i = 0; i < 6; i++) {
            for (String table : List.of("filter", "nat", "mangle", "raw")) {
                network.in("r", "iptables-legacy", "-t", table, "-F");
            }
            network.in("r", "iptables-legacy", "-X");
            for (String rule : new RandomRules(random).iptables()) {
                var words = new ArrayList<>(List.of("iptables-legacy"));
                words.addAll(List.of(rule.split(" ")));
                network.in("r", words.toArray(String[]::new));
            }
            for (int n = 0; n < PACKETS; n++) {
                Flow flow = flow(random);
                NamespaceState before = state();
                var predicted = new ArrayList<String>();
                String fate = predict(before, flow, predicted);
                send(flow);
                predicted.removeIf(line -> line.contains("policy"));
                assertThat(grown(before, state()))
                        .as("%s, %s, %s", flow, fate, network.in("r", "iptables-legacy-save"))
                        .containsExactlyInAnyOrderElementsOf(predicted);
            }
        }
    }

    private NamespaceState state() {
        return NamespaceState.decode(Recorder.full().record(router, "r", (socket, ids) -> Map.of()));
    }

    private static List<String> grown(NamespaceState before, NamespaceState after) {
        var grown = new ArrayList<String>();
        for (FirewallTable table : after.firewall().tables()) {
            for (FirewallChain chain : table.chains()) {
                for (int i = 0; i < chain.rules().size(); i++) {
                    int index = i;
                    long was = before.firewall().tables().stream()
                            .filter(t -> t.name().equals(table.name()) && t.generation() == table.generation())
                            .map(t -> t.chain(chain.name())
                                    .orElseThrow()
                                    .rules()
                                    .get(index)
                                    .packets())
                            .findFirst()
                            .orElseThrow();
                    for (long more = chain.rules().get(i).packets() - was; more > 0; more--) {
                        grown.add("%s %s %d"
                                .formatted(
                                        table.name(),
                                        chain.name(),
                                        chain.rules().get(i).handle()));
                    }
                }
            }
        }
        return grown;
    }

    private Flow flow(Random random) {
        return new Flow(
                Protocol.UDP,
                IpAddress.parse("10.1.0.2"),
                nextPort++,
                IpAddress.parse(TARGETS.get(random.nextInt(TARGETS.size()))),
                50 + random.nextInt(8));
    }

    private void compare(Random random, String rules) {
        NamespaceState state = state();
        try (var tracer = NftTracer.open(
                router,
                List.of(new TraceFilter(Family.IPV4, Protocol.UDP, Optional.empty(), 0, Optional.empty(), 0)))) {
            for (int i = 0; i < PACKETS; i++) {
                Flow flow = flow(random);
                var predicted = new ArrayList<String>();
                String fate = predict(state, flow, predicted);
                List<String> seen = send(tracer, flow, predicted.size());
                assertThat(seen)
                        .as("%s, %s, rules:%n%s", flow, fate, network.in("r", "nft", "-a", "list", "ruleset"))
                        .containsExactlyElementsOf(predicted);
            }
        }
    }

    /** The rules and policies that are to match, in order. */
    private static String predict(NamespaceState state, Flow flow, List<String> predicted) {
        var walk = new FilterWalk();
        IfIndex left = state.link("left").orElseThrow().index();
        IfIndex right = state.link("right").orElseThrow().index();
        PacketState packet = new PacketState(
                flow,
                33,
                false,
                64,
                0,
                left,
                IfIndex.NONE,
                IfIndex.NONE,
                IfIndex.NONE,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                new Tracking(Tracking.State.NEW, false, Optional.of(flow), 0, 0));
        HookOutcome outcome = walk.decide(state, Layer.IP, Hook.PREROUTING, packet);
        note(outcome, predicted);
        if (outcome.verdict() != HookOutcome.Verdict.ACCEPT) {
            return "prerouting " + outcome.verdict();
        }
        PacketState in = outcome.packet();
        if (state.owns(in.flow().destination())) {
            outcome = walk.decide(state, Layer.IP, Hook.INPUT, in);
            note(outcome, predicted);
            return "input " + outcome.verdict();
        }
        IfIndex out = in.flow().destination().toString().startsWith("10.1.") ? left : right;
        PacketState through = in.withLinks(left, out, IfIndex.NONE, IfIndex.NONE);
        outcome = walk.decide(state, Layer.IP, Hook.FORWARD, through);
        note(outcome, predicted);
        if (outcome.verdict() == HookOutcome.Verdict.ACCEPT) {
            outcome = walk.decide(state, Layer.IP, Hook.POSTROUTING, outcome.packet());
            note(outcome, predicted);
        }
        return "forward " + outcome.verdict();
    }

    private static void note(HookOutcome outcome, List<String> predicted) {
        outcome.matched()
                .forEach(d -> predicted.add(
                        d.policy()
                                ? "%s %s %s".formatted(d.table(), d.chain(), d.text())
                                : "%s %s %d".formatted(d.table(), d.chain(), d.handle())));
    }

    private List<String> send(NftTracer tracer, Flow flow, int wanted) {
        tracer.drain();
        send(flow);
        var seen = new ArrayList<String>();
        long end = System.nanoTime()
                + 300_000_000L; // the packet passes within the send; what is missing then will not come
        do {
            for (TraceEvent event : tracer.drain()) {
                if (event.kind() == TraceEvent.Kind.RULE) {
                    seen.add("%s %s %d".formatted(event.table(), event.chain(), event.ruleHandle()));
                } else if (event.kind() == TraceEvent.Kind.POLICY) {
                    seen.add("%s %s policy %s".formatted(event.table(), event.chain(), event.verdict()));
                }
            }
        } while (seen.size() < wanted && System.nanoTime() < end);
        return seen;
    }

    private void send(Flow flow) {
        sender.run(() -> {
            try (var socket = new DatagramSocket(new InetSocketAddress("10.1.0.2", flow.sourcePort()))) {
                var to = InetAddress.getByAddress(flow.destination().bytes());
                socket.send(new DatagramPacket(
                        "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 5, to, flow.destinationPort()));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
