package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Path;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.RoutingRule;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RuleStep;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What policy routing rules have to do with a look-up. */
final class Policy {
    private static final long LOCAL = 0; // the three rules that every namespace is born with
    private static final long MAIN = 32766;
    private static final long DEFAULT = 32767;

    private Policy() {}

    /** Whether somebody's own rule chose, and not one of the three that are always there. */
    static boolean chose(RoutingRule rule) {
        boolean born = rule.priority() == LOCAL && rule.table() == Route.TABLE_LOCAL
                || rule.priority() == MAIN && rule.table() == Route.TABLE_MAIN
                || rule.priority() == DEFAULT && rule.table() == Route.TABLE_DEFAULT;
        return !born;
    }

    static Optional<Stage.RoutingDecision> lastDecision(Path path) {
        return path.elements(Stage.RoutingDecision.class).stream().reduce((first, second) -> second);
    }

    /** Whether a rule took the packet out by an interface that the main table would not have chosen. */
    static boolean isWayOut(Dossier dossier, Stage.RoutingDecision decision) {
        return chose(decision.rule())
                && decision.rule().table() != Route.TABLE_MAIN
                && dossier.namespace(decision.out().namespace()).stream()
                        .flatMap(state -> state.routes().stream())
                        .filter(route -> route.table() == Route.TABLE_MAIN)
                        .filter(route -> route.destination().contains(decision.destination()))
                        .flatMap(route -> route.nextHops().stream())
                        .anyMatch(hop -> !hop.link().equals(decision.out().link()));
    }

    /** A rule that comes before another and sends some packets to the main table. */
    static Remedy above(String namespace, RoutingRule rule, Optional<IpAddress> from, Optional<IpAddress> to) {
        Place place = Place.parse(namespace);
        RuleStep.Selector selector = new RuleStep.Selector(
                rule.family(),
                OptionalLong.of(Math.max(1, rule.priority() - 1)),
                from.map(Prefix::of),
                to.map(Prefix::of),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                RuleStep.Action.LOOKUP,
                Route.TABLE_MAIN);
        return Remedy.of("look these packets up in the main table first", "flow", new RuleStep.Add(place, selector))
                .undoneBy(new RuleStep.Delete(place, selector));
    }
}
