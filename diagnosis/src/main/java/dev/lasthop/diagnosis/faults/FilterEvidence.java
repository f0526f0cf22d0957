package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.path.Filtering;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.tracing.Drop;
import dev.lasthop.tracing.RuleTrace;
import dev.lasthop.tracing.Sighting;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which rule or policy it was, from everything that speaks of it: nf_tables' trace of the probes first, then the prediction where the
 * packets stopped, then rules that the prediction could not decide where the kernel says that its packet filter dropped. A drop reason
 * alone names no rule and decides nothing.
 */
record FilterEvidence(Side side, Obstacle.Filtered filtered, double confidence, boolean traced) {
    private static final String BY_FILTER = "NETFILTER_DROP";

    static Optional<FilterEvidence> of(Dossier dossier) {
        return traced(dossier)
                .or(() -> predicted(dossier))
                .or(() -> undecided(dossier))
                .or(() -> limited(dossier));
    }

    private static Optional<FilterEvidence> traced(Dossier dossier) {
        Sighting.Kind broken = dossier.brokenKind();
        return dossier.observation().ruleTraces().stream()
                .filter(trace -> trace.verdict().equals("drop"))
                .filter(trace -> trace.kind() == broken || dossier.observation().answered() > 0)
                .min(Comparator.comparing((RuleTrace trace) -> trace.kind() != broken)
                        .thenComparingLong(RuleTrace::nanos))
                .flatMap(trace -> traced(dossier, trace));
    }

    private static Optional<FilterEvidence> traced(Dossier dossier, RuleTrace trace) {
        Side side = trace.kind() == Sighting.Kind.REPLY ? Side.REPLY : Side.REQUEST;
        Optional<Obstacle.Filtered> same = dossier.obstacle(Obstacle.Filtered.class)
                .filter(filtered -> filtered.namespace() == trace.namespace()
                        && side == dossier.stop().side())
                .filter(filtered -> filtered.outcome()
                        .decisive()
                        .filter(by -> isSame(by, trace))
                        .isPresent())
                .findFirst();
        return same.or(() ->
                        dossier.namespace(trace.namespace()).flatMap(state -> filtered(dossier, side, state, trace)))
                .map(filtered -> new FilterEvidence(side, filtered, 0.97, true));
    }

    private static boolean isSame(Decision by, RuleTrace trace) {
        return by.family().equals(trace.family())
                && by.table().equals(trace.table())
                && by.chain().equals(trace.chain())
                && (by.policy() ? trace.policy() : by.handle() == trace.handle());
    }

    private static Optional<Obstacle.Filtered> filtered(
            Dossier dossier, Side side, NamespaceState state, RuleTrace trace) {
        return state.firewall().tables().stream()
                .filter(table -> table.generation() == FirewallTable.Generation.NF_TABLES
                        && table.family().equals(trace.family())
                        && table.name().equals(trace.table()))
                .findFirst()
                .flatMap(table -> table.chain(trace.chain())
                        .flatMap(chain -> base(table, chain).map(base -> {
                            Decision decision = decision(table, base, chain, trace);
                            PacketState packet = packet(dossier, side, state);
                            boolean rejects = decision.text().contains("reject");
                            var verdict = rejects ? HookOutcome.Verdict.REJECT : HookOutcome.Verdict.DROP;
                            var outcome = new HookOutcome(
                                    packet,
                                    verdict,
                                    Optional.of(decision),
                                    accepted(dossier, state, trace, decision),
                                    Optional.empty());
                            return new Obstacle.Filtered(
                                    state.inode(),
                                    state.name(),
                                    layer(table, decision.hook()),
                                    decision.hook(),
                                    isBridged(dossier, state, table),
                                    outcome);
                        })));
    }

    private static Decision decision(FirewallTable table, FirewallChain base, FirewallChain chain, RuleTrace trace) {
        FirewallChain.Entry entry = base.entry().orElseThrow();
        String text = trace.policy()
                ? "policy drop"
                : chain.rules().stream()
                        .filter(rule -> rule.handle() == trace.handle())
                        .map(rule -> rule.text())
                        .findFirst()
                        .orElse("a rule that is gone");
        return new Decision(
                table.generation().toString(),
                table.family(),
                table.name(),
                base.name(),
                trace.policy() ? base.name() : chain.name(),
                hook(entry.hook()),
                entry.priority(),
                trace.policy() ? 0 : trace.handle(),
                trace.policy(),
                text,
                "drop");
    }

    /** The rules that had accepted the same packet in other chains before. */
    private static List<Decision> accepted(Dossier dossier, NamespaceState state, RuleTrace drop, Decision decisive) {
        return dossier.observation().ruleTraces().stream()
                .filter(trace -> trace.namespace() == drop.namespace()
                        && trace.kind() == drop.kind()
                        && !trace.policy()
                        && trace.verdict().equals("accept")
                        && trace.nanos() <= drop.nanos())
                .flatMap(trace -> state.firewall().tables().stream()
                        .filter(table -> table.family().equals(trace.family())
                                && table.name().equals(trace.table()))
                        .flatMap(table -> table.chain(trace.chain()).stream()
                                .flatMap(chain -> base(table, chain).stream()
                                        .filter(base -> base.entry()
                                                .orElseThrow()
                                                .hook()
                                                .equals(decisive.hook().toString()))
                                        .map(base -> decision(table, base, chain, trace)))))
                .map(by -> new Decision(
                        by.generation(),
                        by.family(),
                        by.table(),
                        by.baseChain(),
                        by.chain(),
                        by.hook(),
                        by.priority(),
                        by.handle(),
                        false,
                        by.text(),
                        "accept"))
                .toList();
    }

    /** The base chain that a chain is reached from. */
    private static Optional<FirewallChain> base(FirewallTable table, FirewallChain chain) {
        var queue = new ArrayDeque<FirewallChain>(List.of(chain));
        Set<String> seen = new HashSet<>(Set.of(chain.name()));
        while (!queue.isEmpty()) {
            FirewallChain next = queue.remove();
            if (next.isBase()) {
                return Optional.of(next);
            }
            table.chains().stream()
                    .filter(other -> other.rules().stream()
                            .anyMatch(rule ->
                                    rule.expressions().stream().anyMatch(step -> leadsTo(table, step, next.name()))))
                    .filter(other -> seen.add(other.name()))
                    .forEach(queue::add);
        }
        return Optional.empty();
    }

    /** By a jump, or by a verdict map that has one. */
    private static boolean leadsTo(FirewallTable table, Expression step, String chain) {
        return switch (step) {
            case Load.Immediate immediate -> isTo(immediate.data(), chain);
            case Check.Lookup lookup
            when lookup.isMap() ->
                table.set(lookup.set()).stream()
                        .flatMap(map -> map.elements().stream())
                        .flatMap(element -> element.data().stream())
                        .anyMatch(data -> isTo(data, chain));
            default -> false;
        };
    }

    private static boolean isTo(RuleData data, String chain) {
        return data instanceof RuleData.Verdict verdict && verdict.chain().equals(chain);
    }

    private static Hook hook(String name) {
        return Hook.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static Filtering.Layer layer(FirewallTable table, Hook hook) {
        return switch (table.family()) {
            case "bridge" -> Filtering.Layer.BRIDGE;
            case "netdev" -> Filtering.Layer.NETDEV;
            default -> hook == Hook.INGRESS ? Filtering.Layer.NETDEV : Filtering.Layer.IP;
        };
    }

    private static boolean isBridged(Dossier dossier, NamespaceState state, FirewallTable table) {
        return !table.family().equals("bridge")
                && dossier.stop()
                        .last()
                        .filter(hop -> hop.namespace() == state.inode())
                        .flatMap(hop -> state.link(hop.link()))
                        .filter(link -> !link.master().isNone())
                        .isPresent();
    }

    private static Path path(Dossier dossier, Side side) {
        return side == Side.REPLY
                ? dossier.prediction().reply().orElse(dossier.prediction().request())
                : dossier.prediction().request();
    }

    /** The packet as it should be in that namespace. */
    private static PacketState packet(Dossier dossier, Side side, NamespaceState state) {
        List<Passage> passages = path(dossier, side).passages();
        return passages.stream()
                .filter(passage -> passage.hop().namespace() == state.inode())
                .findFirst()
                .or(() -> passages.stream().reduce((first, second) -> second))
                .map(Passage::packet)
                .orElseGet(() -> plain(dossier));
    }

    private static PacketState plain(Dossier dossier) {
        var question = dossier.prediction().question();
        var flow = new dev.lasthop.address.Flow(
                question.protocol(),
                dev.lasthop.address.IpAddress.any(question.destination().family()),
                question.sourcePort(),
                question.destination(),
                question.destinationPort());
        var none = dev.lasthop.address.IfIndex.NONE;
        return new PacketState(
                flow,
                question.length(),
                question.dontFragment(),
                question.timeToLive(),
                question.mark(),
                none,
                none,
                none,
                none,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                PacketState.Tracking.UNTRACKED);
    }

    private static Optional<FilterEvidence> predicted(Dossier dossier) {
        return dossier.obstacle(Obstacle.Filtered.class)
                .findFirst()
                .map(filtered ->
                        new FilterEvidence(dossier.stop().side(), filtered, sureness(dossier, filtered), false));
    }

    private static double sureness(Dossier dossier, Obstacle.Filtered filtered) {
        boolean dropped = dossier.drops(filtered.namespace()).stream().anyMatch(FilterEvidence::isByFilter);
        return dropped ? Math.max(dossier.agreement(), 0.93) : dossier.agreement();
    }

    private static boolean isByFilter(Drop drop) {
        return drop.reason().equals(BY_FILTER) || drop.passed("nft_do_chain") || drop.passed("nf_hook_slow");
    }

    /** A rule asks what cannot be known beforehand, and the kernel says that its packet filter dropped the packet there. */
    private static Optional<FilterEvidence> undecided(Dossier dossier) {
        return verdicts(dossier, dossier.stop().side()).stream()
                .filter(stage -> stage.outcome().verdict() == HookOutcome.Verdict.UNKNOWN)
                .flatMap(stage -> at(dossier, dossier.stop().side(), stage, 0.75).stream())
                .findFirst();
    }

    /** A rule with a limit accepts in the prediction, which takes limits as not reached, and the kernel says that it was dropped. */
    private static Optional<FilterEvidence> limited(Dossier dossier) {
        return List.of(Side.REQUEST, Side.REPLY).stream()
                .flatMap(side -> verdicts(dossier, side).stream()
                        .filter(stage -> dossier.before().namespace(stage.namespaceName()).stream()
                                .anyMatch(state -> stage.outcome().matched().stream()
                                        .flatMap(by -> Ruling.of(state, by).stream())
                                        .anyMatch(DropKind::isLimited)))
                        .flatMap(stage -> at(dossier, side, stage, 0.85).stream()))
                .findFirst();
    }

    private static List<Stage.FilterVerdict> verdicts(Dossier dossier, Side side) {
        return path(dossier, side).elements(Stage.FilterVerdict.class);
    }

    private static Optional<FilterEvidence> at(
            Dossier dossier, Side side, Stage.FilterVerdict stage, double confidence) {
        Sighting.Kind kind = side == Side.REPLY ? Sighting.Kind.REPLY : Sighting.Kind.REQUEST;
        return dossier.before()
                .namespace(stage.namespaceName())
                .filter(state -> dossier.observation().drops().stream()
                        .anyMatch(drop -> drop.namespace() == state.inode() && drop.kind() == kind && isByFilter(drop)))
                .map(state -> new FilterEvidence(
                        side,
                        new Obstacle.Filtered(
                                state.inode(),
                                state.name(),
                                stage.layer(),
                                stage.hook(),
                                isBridged(dossier, state),
                                stage.outcome()),
                        confidence,
                        false));
    }

    private static boolean isBridged(Dossier dossier, NamespaceState state) {
        return dossier.stop()
                .last()
                .filter(hop -> hop.namespace() == state.inode())
                .flatMap(hop -> state.link(hop.link()))
                .filter(link -> !link.master().isNone())
                .isPresent();
    }
}
