package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.RoutingRule;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.RuleStep;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A policy rule decides, and decides wrongly. */
public final class PolicyRule implements Fault {
    private static final int TABLE = 4711; // the lab's
    private static final double UNASKED = 0.97; // surer than that a route or translation is missing

    /** Stateless. */
    public PolicyRule() {}

    @Override
    public Page page() {
        return new Page(
                "policy-rule",
                Group.ROUTING,
                "A policy routing rule sends the packet astray",
                "The look-up is decided by a rule of its own (ip rule): its action drops the packet, or "
                        + "its table has no way for it, while the main table has one.",
                "A rule above it sends this flow to the main table.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> actions = dossier.obstacle(Obstacle.RuleRefuses.class)
                .map(refuses -> finding(
                        dossier,
                        dossier.agreement(),
                        refuses.namespaceName(),
                        refuses.rule(),
                        "its action is " + refuses.rule().action()));
        Stream<Finding> tables = dossier.obstacle(Obstacle.RouteRefuses.class)
                .filter(refuses -> Policy.chose(refuses.rule()))
                .map(refuses -> finding(
                        dossier,
                        dossier.agreement(),
                        refuses.namespaceName(),
                        refuses.rule(),
                        "table %d has a route of type %s for it"
                                .formatted(
                                        refuses.route().table(), refuses.route().type())));
        Stream<Finding> astray = dossier.stop().side() == Side.REQUEST
                        && dossier.stop().obstacle().isPresent()
                ? Policy.lastDecision(dossier.prediction().request())
                        .filter(decision -> Policy.isWayOut(dossier, decision))
                        .map(decision -> finding(
                                dossier,
                                Policy.confidence(dossier, decision, dossier.agreement()),
                                decision.namespaceName(),
                                decision.rule(),
                                "table %d leads out by %s"
                                        .formatted(
                                                decision.rule().table(),
                                                decision.out().linkName())))
                        .stream()
                : Stream.empty();
        return Stream.of(actions, tables, astray, unasked(dossier))
                .flatMap(each -> each)
                .limit(1);
    }

    /** The rule for the main table is gone, as after a flush of all rules. */
    private Stream<Finding> unasked(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoRoute.class)
                .filter(none -> Policy.isUnasked(dossier, none))
                .map(none -> Finding.of(
                                this,
                                dossier.stop().agrees() ? UNASKED : dossier.agreement(),
                                "The main table of %s has a route to %s, and no rule (ip rule) has it looked up for this packet."
                                        .formatted(none.namespaceName(), none.destination()))
                        .because(dossier.bracket())
                        .because("route", "no ip rule of %s leads to the main table".formatted(none.namespaceName()))
                        .mendedBy(Policy.main(
                                none.namespaceName(), none.destination().family())));
    }

    @Override
    public List<Injection> injections() {
        List<Injection> table = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(
                                new RouteStep.Add(
                                        scene.node(),
                                        RouteTo.everywhere(family)
                                                .type(Route.Type.BLACKHOLE)
                                                .table(TABLE)),
                                new RuleStep.Add(scene.node(), RuleStep.Selector.lookup(family, TABLE, TABLE))))
                .lastSeenAt(At.BRIDGE_IN));
        List<Injection> action = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(new RuleStep.Add(
                                scene.node(),
                                refusing(family, Optional.of(scene.containerAddress(family)), Optional.empty()))))
                .lastSeenAt(At.BRIDGE_IN));
        List<Injection> back = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REPLY,
                        scene -> List.of(new RuleStep.Add(
                                scene.node(),
                                refusing(family, Optional.empty(), Optional.of(scene.containerAddress(family))))))
                .lastSeenAt(At.UPLINK_IN));
        return Injection.across(
                Stream.of(table, action, back).flatMap(List::stream).toList(),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "routed");
    }

    private static RuleStep.Selector refusing(Family family, Optional<Prefix> from, Optional<Prefix> to) {
        return new RuleStep.Selector(
                family,
                OptionalLong.of(TABLE),
                from.map(Prefix::network),
                to.map(Prefix::network),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                RuleStep.Action.BLACKHOLE,
                0);
    }

    private Finding finding(Dossier dossier, double confidence, String namespace, RoutingRule rule, String what) {
        return Finding.of(
                        this,
                        confidence,
                        "In %s the rule of priority %d decides about this packet before the main table is asked: %s."
                                .formatted(namespace, rule.priority(), what))
                .because(dossier.bracket())
                .because("route", "ip rule of priority " + rule.priority() + ": " + what)
                .mendedBy(Policy.above(dossier, namespace, rule));
    }
}
