package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.RuleStep;
import java.util.List;
import java.util.stream.Stream;

/** A policy table (a VPN's, mostly) takes the reply. */
public final class ReturnRouteHijacked implements Fault {
    private static final int TABLE = 4712; // the lab's

    /** Stateless. */
    public ReturnRouteHijacked() {}

    @Override
    public Page page() {
        return new Page(
                "return-route-hijacked",
                Group.ROUTING,
                "A policy routing table captures the reply",
                "The reply comes in at the host, and its look-up there is decided by a rule whose table "
                        + "leads elsewhere than to the container: into a tunnel, mostly. It is seen leaving "
                        + "there.",
                "A rule above it sends the container's traffic to the main table.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        if (dossier.stop().side() != Side.REPLY) {
            return Stream.empty();
        }
        return dossier.prediction().reply().stream()
                .filter(reply -> !reply.isDelivered())
                .flatMap(reply -> Policy.lastDecision(reply).stream())
                .filter(decision -> decision.namespaceName() != null && Policy.chose(decision.rule()))
                .map(decision -> Finding.of(
                                this,
                                Policy.confidence(dossier, decision, 0.93),
                                "The reply to %s comes back to %s, where the rule of priority %d takes it to table %d and out by %s, instead of to the container."
                                        .formatted(
                                                decision.destination(),
                                                decision.namespaceName(),
                                                decision.rule().priority(),
                                                decision.rule().table(),
                                                decision.out().linkName()))
                        .as(Verdict.DROPPED)
                        .on(Side.REPLY)
                        .because(dossier.bracket())
                        .because(
                                "route",
                                "%s dev %s in table %d"
                                        .formatted(
                                                decision.route().destination(),
                                                decision.out().linkName(),
                                                decision.rule().table()))
                        .mendedBy(Policy.above(dossier, decision.namespaceName(), decision.rule())));
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REPLY,
                        scene -> List.of(
                                new LinkStep.Create(scene.node(), "vpn0", new LinkStep.Ifb()),
                                LinkStep.up(scene.node(), "vpn0"),
                                new RouteStep.Add(
                                        scene.node(),
                                        RouteTo.prefix(scene.containerAddress(family)
                                                        .network())
                                                .on("vpn0")
                                                .table(TABLE)),
                                new RuleStep.Add(scene.node(), RuleStep.Selector.lookup(family, TABLE, TABLE))))),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "routed");
    }
}
