package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.topology.RoutingRule;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.RuleStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A policy rule decides, and decides wrongly. */
public final class PolicyRule implements Fault {
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
                        refuses.namespaceName(),
                        refuses.rule(),
                        "its action is " + refuses.rule().action()));
        Stream<Finding> tables = dossier.obstacle(Obstacle.RouteRefuses.class)
                .filter(refuses -> Policy.chose(refuses.rule()))
                .map(refuses -> finding(
                        dossier,
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
                                decision.namespaceName(),
                                decision.rule(),
                                "table %d leads out by %s"
                                        .formatted(
                                                decision.rule().table(),
                                                decision.out().linkName())))
                        .stream()
                : Stream.empty();
        return Stream.of(actions, tables, astray).flatMap(each -> each).limit(1);
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(
                                new RouteStep.Add(
                                        scene.node(),
                                        RouteTo.everywhere(Family.IPV4)
                                                .type(dev.lasthop.topology.Route.Type.BLACKHOLE)
                                                .table(4711)),
                                new RuleStep.Add(scene.node(), RuleStep.Selector.lookup(Family.IPV4, 4711, 4711))))
                .lastSeenAt(scene -> scene.node().label() + " " + scene.bridge() + " in"));
    }

    private Finding finding(Dossier dossier, String namespace, RoutingRule rule, String what) {
        return Finding.of(
                        this,
                        dossier.agreement(),
                        "In %s the rule of priority %d decides about this packet before the main table is asked: %s."
                                .formatted(namespace, rule.priority(), what))
                .because(dossier.bracket())
                .because("route", "ip rule of priority " + rule.priority() + ": " + what)
                .mendedBy(Policy.above(
                        namespace,
                        rule,
                        Optional.empty(),
                        Optional.of(dossier.prediction().question().destination())));
    }
}
