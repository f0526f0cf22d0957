package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Predictor;
import dev.lasthop.path.filter.FilterWalk;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Remedies for what a packet filter drops: a rule that accepts this flow alone, in the very chain that drops, before the rule that does.
 * Nobody's rule is deleted, no policy is changed. If the prediction then stops at another rule, on the way there or back, that chain
 * gets one as well: an accept is final in its own chain only.
 */
final class Acceptance {
    private static final int MOST = 8;

    private Acceptance() {}

    static Stream<Remedy> remedies(Dossier dossier, FilterDrops drop) {
        return switch (drop.id()) {
            case "network-isolation" ->
                Stream.of(Remedy.advice(
                        "join one network: connect one of the two to the other's network",
                        "lasthop connect " + dossier.asked().source() + " --network NETWORK"));
            case "nfqueue-no-listener" ->
                Stream.of(Remedy.advice("start the program that reads the queue, or give the rule 'bypass'"));
            default -> Stream.concat(Stream.of(accept(dossier, drop)), alternatives(drop));
        };
    }

    private static Stream<Remedy> alternatives(FilterDrops drop) {
        Place place = Place.parse(drop.filtered().namespaceName());
        return switch (drop.id()) {
            case "bridge-netfilter" -> {
                String key = "net.bridge.bridge-nf-call-"
                        + (drop.filtered().outcome().packet().flow().family() == Family.IPV4 ? "ip" : "ip6")
                        + "tables";
                yield Stream.of(Remedy.of(
                                "keep bridged packets out of the IP firewall",
                                "namespace",
                                new SysctlStep(place, key, "0"))
                        .undoneBy(new SysctlStep(place, key, "1"))
                        .persistently("put '" + key + " = 0' into /etc/sysctl.d/"));
            }
            case "conntrack-invalid" -> {
                String key = "net.netfilter.nf_conntrack_tcp_be_liberal";
                yield Stream.of(Remedy.of(
                                "take TCP segments outside the window for valid",
                                "namespace",
                                new SysctlStep(place, key, "1"))
                        .undoneBy(new SysctlStep(place, key, "0")));
            }
            case "rate-limited" -> Stream.of(Remedy.advice("raise the limit of the rule"));
            default -> Stream.of();
        };
    }

    /** Rules that accept the flow and its replies in the chain that drops one of them. */
    static List<Step> bothWays(Dossier dossier, FilterDrops drop) {
        Obstacle.Filtered there = drop.filtered();
        Side other = drop.side() == Side.REQUEST ? Side.REPLY : Side.REQUEST;
        return Stream.of(
                        rule(dossier.before(), there, drop.side()),
                        rule(
                                dossier.before(),
                                there,
                                there.outcome().packet().flow().reversed(),
                                other))
                .flatMap(Optional::stream)
                .map(AcceptRule::step)
                .toList();
    }

    private static Remedy accept(Dossier dossier, FilterDrops drop) {
        var steps = new ArrayList<Step>();
        Snapshot snapshot = dossier.before();
        Obstacle.Filtered filtered = drop.filtered();
        Side side = drop.side();
        for (int i = 0; i < MOST; i++) {
            Optional<AcceptRule> rule = rule(snapshot, filtered, side);
            if (rule.isEmpty()) {
                break;
            }
            steps.add(rule.get().step());
            snapshot = rule.get().in(snapshot);
            Prediction next = Predictor.predict(snapshot, dossier.prediction().question(), new FilterWalk());
            Optional<Obstacle.Filtered> other = next.stopped()
                    .filter(stopped -> stopped.obstacle() instanceof Obstacle.Filtered)
                    .map(stopped -> (Obstacle.Filtered) stopped.obstacle());
            if (other.isEmpty() || isSame(other.get(), filtered)) {
                break;
            }
            filtered = other.get();
            side = next.request().isDelivered() ? Side.REPLY : Side.REQUEST;
        }
        addReverse(dossier, drop, steps);
        String summary = "accept these packets in the chain that drops them, and nothing else";
        if (steps.isEmpty()) {
            return Remedy.advice(summary);
        }
        return Remedy.of(summary, "flow", steps)
                .persistently("put the rule where the firewall's own configuration is kept");
    }

    /** Where only the trace knew, the prediction cannot say whether replies pass: they get their rule too. */
    private static void addReverse(Dossier dossier, FilterDrops drop, List<Step> steps) {
        boolean foreseen =
                dossier.obstacle(Obstacle.Filtered.class).anyMatch(filtered -> isSame(filtered, drop.filtered()));
        if (!foreseen && steps.size() == 1 && drop.filtered().hook() == Hook.FORWARD) {
            Obstacle.Filtered there = drop.filtered();
            Flow back = there.outcome().packet().flow().reversed();
            rule(dossier.before(), there, back, drop.side() == Side.REQUEST ? Side.REPLY : Side.REQUEST)
                    .map(AcceptRule::step)
                    .ifPresent(steps::add);
        }
    }

    private static boolean isSame(Obstacle.Filtered one, Obstacle.Filtered other) {
        return one.namespace() == other.namespace()
                && one.outcome().decisive().equals(other.outcome().decisive())
                && one.outcome().packet().flow().equals(other.outcome().packet().flow());
    }

    private static Optional<AcceptRule> rule(Snapshot snapshot, Obstacle.Filtered filtered, Side side) {
        return rule(snapshot, filtered, filtered.outcome().packet().flow(), side);
    }

    private static Optional<AcceptRule> rule(Snapshot snapshot, Obstacle.Filtered filtered, Flow flow, Side side) {
        Optional<Decision> by = filtered.outcome().decisive();
        return by.flatMap(decision -> snapshot.namespace(filtered.namespace())
                .flatMap(state -> Ruling.of(state, decision))
                .map(ruling -> new AcceptRule(ruling, decision, flow, side)));
    }

    /** What has no address yet is left open. */
    static Optional<Prefix> known(dev.lasthop.address.IpAddress address) {
        return address.isAny() ? Optional.empty() : Optional.of(Prefix.of(address));
    }
}
