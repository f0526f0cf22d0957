package dev.lasthop.diagnosis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Asked;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Experiments;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Faults;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.Statement;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Filtering;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Question;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.Counters;
import dev.lasthop.topology.Firewall;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.topology.Sysctls;
import dev.lasthop.tracing.Drop;
import dev.lasthop.tracing.Level;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.ProbeResult;
import dev.lasthop.tracing.RuleTrace;
import dev.lasthop.tracing.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One drop reason, NETFILTER_DROP, and all the causes that give it: each is named by what else is known. */
class FilterDropsTest {
    private static final long SOURCE = 10;
    private static final long NODE = 20;
    private static final IpAddress FROM = IpAddress.parse("10.0.0.2");
    private static final IpAddress TO = IpAddress.parse("192.0.2.2");
    private static final Expression DROP = Load.Immediate.verdict(RuleData.Verdict.DROP);
    private static final ProbeResult SILENT = new ProbeResult(0, ProbeResult.Outcome.SILENT, "", "", 0);
    private static final Sysctls SYSCTLS = new Sysctls(new TreeMap<>());

    @Test
    void byHook() {
        assertThat(cause(new Case("forward").rule("ip saddr 10.0.0.2 drop", DROP)))
                .isEqualTo("forward-rule-drop");
        assertThat(cause(new Case("forward"))).isEqualTo("forward-policy-drop");
        assertThat(cause(new Case("prerouting").rule("drop", DROP))).isEqualTo("prerouting-drop");
        assertThat(cause(new Case("postrouting").rule("drop", DROP))).isEqualTo("postrouting-drop");
        assertThat(cause(new Case("input").rule("drop", DROP))).isEqualTo("destination-input-drop");
    }

    @Test
    void inTheSendersOwnOutput() {
        Case own = new Case("output").rule("drop", DROP);
        own.namespace = SOURCE;
        Finding finding = finding(own);
        assertThat(finding.fault().id()).isEqualTo("output-drop");
        assertThat(finding.verdict()).contains(Verdict.NOT_SENT);
    }

    @Test
    void byWhatTheRuleSays() {
        Case reject = new Case("forward").rule("reject", new Statement.Reject(0, 13));
        reject.verdict = HookOutcome.Verdict.REJECT;
        assertThat(finding(reject).fault().id()).isEqualTo("firewall-reject");
        assertThat(finding(reject).verdict()).contains(Verdict.REFUSED);
        assertThat(cause(new Case("forward").rule("ct state invalid drop", DROP)))
                .isEqualTo("conntrack-invalid");
        assertThat(cause(new Case("forward")
                        .rule(
                                "limit rate over 1/second drop",
                                new dev.lasthop.netlink.nftables.Check.Limit(1, 1, 1, false, true),
                                DROP)))
                .isEqualTo("rate-limited");
    }

    @Test
    void byWhereTheRuleIs() {
        Case isolation = new Case("forward").rule("drop", DROP);
        isolation.chain = "DOCKER-ISOLATION-STAGE-2";
        assertThat(cause(isolation)).isEqualTo("network-isolation");
        Case bridged = new Case("forward");
        bridged.bridged = true;
        assertThat(cause(bridged)).isEqualTo("bridge-netfilter");
        Case family = new Case("forward").rule("drop", DROP);
        family.layer = Filtering.Layer.BRIDGE;
        assertThat(cause(family)).isEqualTo("l2-filter-drop");
        Case device = new Case("ingress").rule("drop", DROP);
        device.layer = Filtering.Layer.NETDEV;
        assertThat(cause(device)).isEqualTo("ingress-filter-drop");
    }

    @Test
    void acceptedBefore() {
        Case twice = new Case("forward");
        twice.matched.add(new Decision(
                "nf_tables",
                "inet",
                "early",
                "f",
                "f",
                Hook.FORWARD,
                -10,
                3,
                false,
                "ip saddr 10.0.0.2 accept",
                "accept"));
        assertThat(cause(twice)).isEqualTo("accept-not-final");
        Case policy = new Case("forward");
        policy.matched.add(new Decision(
                "nf_tables", "inet", "early", "f", "f", Hook.FORWARD, -10, 0, true, "policy accept", "policy accept"));
        assertThat(cause(policy)).isEqualTo("forward-policy-drop");
    }

    @Test
    void theOtherGeneration() {
        Case legacy = new Case("forward").rule("drop", DROP);
        legacy.generation = FirewallTable.Generation.LEGACY;
        assertThat(cause(legacy)).isEqualTo("forward-rule-drop");
        legacy.others.add(new FirewallTable(
                FirewallTable.Generation.NF_TABLES,
                "ip",
                "filter",
                1,
                0,
                "",
                List.of(new FirewallChain("DOCKER", 1, Optional.empty(), "", List.of())),
                List.of()));
        assertThat(cause(legacy)).isEqualTo("legacy-and-nft");
    }

    @Test
    void aBareDropReasonDecidesNothing() {
        Case bare = new Case("forward").rule("ip saddr 10.0.0.2 drop", DROP);
        bare.predicted = false;
        assertThat(findings(bare.dossier())).isEmpty();
        bare.traced = true;
        assertThat(cause(bare)).isEqualTo("forward-rule-drop");
    }

    @Test
    void theRemedyTouchesNothingElse() {
        Finding finding = finding(new Case("forward").rule("ip saddr 10.0.0.2 drop", DROP));
        assertThat(finding.remedies().getFirst().commands())
                .containsExactly(
                        "ip netns exec node nft 'insert rule inet t c position 7 ip saddr 10.0.0.2 ip daddr 192.0.2.2 "
                                + "meta l4proto icmp accept comment \"lasthop\"'");
    }

    private static String cause(Case what) {
        return finding(what).fault().id();
    }

    private static Finding finding(Case what) {
        List<Finding> findings = findings(what.dossier());
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    private static List<Finding> findings(Dossier dossier) {
        return Faults.all().stream()
                .flatMap((Fault fault) -> fault.examine(dossier))
                .toList();
    }

    /** A packet that a node's packet filter drops. */
    private static final class Case {
        private final Hook hook;
        private final List<FirewallRule> rules = new ArrayList<>();
        private final List<Decision> matched = new ArrayList<>();
        private final List<FirewallTable> others = new ArrayList<>();
        private HookOutcome.Verdict verdict = HookOutcome.Verdict.DROP;
        private Filtering.Layer layer = Filtering.Layer.IP;
        private FirewallTable.Generation generation = FirewallTable.Generation.NF_TABLES;
        private String chain = "c";
        private long namespace = NODE;
        private boolean bridged;
        private boolean predicted = true;
        private boolean traced;

        Case(String hook) {
            this.hook = Hook.valueOf(hook.toUpperCase(java.util.Locale.ROOT));
        }

        Case rule(String text, Expression... steps) {
            rules.add(new FirewallRule(7, List.of(steps), "", text));
            return this;
        }

        Dossier dossier() {
            boolean policy = rules.isEmpty();
            var decision = new Decision(
                    generation.toString(),
                    "inet",
                    "t",
                    chain,
                    chain,
                    hook,
                    0,
                    policy ? 0 : 7,
                    policy,
                    policy ? "policy drop" : rules.getFirst().text(),
                    "drop");
            matched.add(decision);
            PacketState packet = packet();
            var outcome = new HookOutcome(packet, verdict, Optional.of(decision), matched, Optional.empty());
            String name = namespace == NODE ? "netns:node" : "netns:c";
            var obstacle = new Obstacle.Filtered(namespace, name, layer, hook, bridged, outcome);
            var out = new Hop(SOURCE, "netns:c", new IfIndex(2), "eth0", Direction.OUT);
            var in = new Hop(NODE, "netns:node", new IfIndex(3), "br0", Direction.IN);
            boolean own = namespace == SOURCE;
            List<dev.lasthop.path.PathElement> way =
                    own ? List.of() : List.of(new Passage(out, packet), new Passage(in, packet));
            Ending ending = predicted
                    ? new Ending.Stopped(obstacle, own ? Optional.empty() : Optional.of(in), Optional.empty())
                    : new Ending.Unknown("a rule", Optional.of(in));
            Question question = Question.ping(SOURCE, TO);
            var snapshot = new Snapshot(List.of(state(SOURCE, "netns:c"), state(NODE, "netns:node")));
            var prediction = new Prediction(question, new Path(way, ending), Optional.empty());
            var asked = new Asked("netns:c", "192.0.2.2", TO, Protocol.ICMP, 0, 0);
            return Dossier.of(
                    asked, snapshot, snapshot, prediction, observation(own, out, in), Experiments.NONE, List.of());
        }

        private Observation observation(boolean own, Hop out, Hop in) {
            var sightings = new ArrayList<Sighting>();
            for (Hop hop : own ? List.<Hop>of() : List.of(out, in)) {
                sightings.add(new Sighting(
                        1,
                        hop.namespace(),
                        hop.link(),
                        hop.direction(),
                        Sighting.Kind.REQUEST,
                        Optional.of(packet().flow()),
                        0,
                        false,
                        "REQUEST"));
            }
            var drop = new Drop(
                    2,
                    namespace,
                    new IfIndex(3),
                    "NETFILTER_DROP",
                    "nft_do_chain",
                    List.of("nf_hook_slow"),
                    Sighting.Kind.REQUEST,
                    Optional.of(packet().flow()),
                    0);
            List<RuleTrace> traces = traced
                    ? List.of(new RuleTrace(2, namespace, "inet", "t", chain, 7, false, "drop", Sighting.Kind.REQUEST))
                    : List.of();
            return new Observation(Level.BPF, "", List.of(SILENT), sightings, List.of(drop), List.of(), traces, 0, 100);
        }

        private NamespaceState state(long inode, String name) {
            var tables = new ArrayList<>(others);
            if (inode == namespace) {
                var entry = new FirewallChain.Entry(hook.toString(), 0, "filter", !rules.isEmpty(), List.of());
                tables.add(new FirewallTable(
                        generation,
                        "inet",
                        "t",
                        1,
                        0,
                        "",
                        List.of(new FirewallChain(chain, 1, Optional.of(entry), "", rules)),
                        List.of()));
            }
            return new NamespaceState(
                    inode,
                    name,
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    SYSCTLS,
                    new Firewall(tables),
                    Conntrack.NONE,
                    List.of(),
                    new Counters(new TreeMap<>()),
                    List.of());
        }

        private static PacketState packet() {
            return new PacketState(
                    new Flow(Protocol.icmp(Family.IPV4), FROM, 9, TO, 0),
                    84,
                    true,
                    64,
                    0,
                    new IfIndex(3),
                    new IfIndex(4),
                    IfIndex.NONE,
                    IfIndex.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    8,
                    0,
                    PacketState.Tracking.UNTRACKED);
        }
    }
}
