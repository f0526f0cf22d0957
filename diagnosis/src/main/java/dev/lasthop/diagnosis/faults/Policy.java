package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Fib;
import dev.lasthop.path.FibQuery;
import dev.lasthop.path.FibResult;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.RoutingRule;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RuleStep;
import dev.lasthop.wiring.step.Step;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What policy routing rules have to do with a look-up. */
final class Policy {
    private static final long LOCAL = 0; // the three rules that every namespace is born with
    private static final long MAIN = 32766;
    private static final long DEFAULT = 32767;
    private static final double ABOVE_FILTERS = 0.98;

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

    /**
     * How sure it is that the rule is the cause. A filter that throws away what was led out by the wrong interface is a consequence: to accept it
     * there would not bring it where it belongs.
     */
    static double confidence(Dossier dossier, Stage.RoutingDecision decision, double otherwise) {
        boolean filteredOnTheWrongWay = isWayOut(dossier, decision)
                && dossier.stop()
                        .obstacle()
                        .filter(obstacle -> obstacle instanceof Obstacle.Filtered filtered
                                && filtered.namespace() == decision.out().namespace()
                                && filtered.outcome()
                                        .packet()
                                        .out()
                                        .equals(decision.out().link()))
                        .isPresent();
        return filteredOnTheWrongWay ? ABOVE_FILTERS : otherwise;
    }

    /** Rules that come before another, and send those packets of the flow to the main table that it would catch: there, back, or both. */
    static Remedy above(Dossier dossier, String namespace, RoutingRule rule) {
        Place place = Place.parse(namespace);
        long priority = priorityAbove(dossier.before().namespace(namespace).orElseThrow(), rule);
        List<RuleStep.Selector> selectors = caught(dossier, namespace, rule)
                .map(address -> selector(rule, priority, address))
                .toList();
        return Remedy.of(
                        "look these packets up in the main table first",
                        "flow",
                        selectors.stream()
                                .<Step>map(selector -> new RuleStep.Add(place, selector))
                                .toList())
                .undoneBy(selectors.stream()
                        .map(selector -> new RuleStep.Delete(place, selector))
                        .toArray(Step[]::new));
    }

    /** The place before a rule, and before the jumps that would pass over that place. */
    private static long priorityAbove(NamespaceState state, RoutingRule rule) {
        long first = Math.max(1, rule.priority() - 1);
        List<RoutingRule> jumps = state.rules().stream()
                .filter(jump -> jump.family() == rule.family() && jump.action() == RoutingRule.Action.GOTO)
                .sorted(Comparator.comparingLong(RoutingRule::priority).reversed())
                .toList();
        for (RoutingRule jump : jumps) {
            if (jump.priority() <= first && jump.gotoPriority() > first) {
                first = Math.max(1, jump.priority() - 1);
            }
        }
        return first;
    }

    /** Whether the main table has a way there, and no rule has it asked. */
    static boolean isUnasked(Dossier dossier, Obstacle.NoRoute none) {
        return dossier.namespace(none.namespace()).stream()
                .flatMap(state -> state.routes().stream())
                .filter(route -> route.table() == Route.TABLE_MAIN
                        && route.source().length() == 0
                        && route.tos() == 0
                        && route.destination().contains(none.destination()))
                .flatMap(route -> route.nextHops().stream())
                .anyMatch(hop -> (hop.flags() & (Route.NextHop.DEAD | Route.NextHop.LINK_DOWN)) == 0);
    }

    /** The rule for the main table that every namespace is born with. */
    static Remedy main(String namespace, Family family) {
        Place place = Place.parse(namespace);
        var rule = RuleStep.Selector.lookup(family, MAIN, Route.TABLE_MAIN);
        return Remedy.of("have the main table asked again", "namespace", new RuleStep.Add(place, rule))
                .undoneBy(new RuleStep.Delete(place, rule));
    }

    private static RuleStep.Selector selector(RoutingRule rule, long priority, IpAddress to) {
        return new RuleStep.Selector(
                rule.family(),
                OptionalLong.of(priority),
                Optional.empty(),
                Optional.of(Prefix.of(to)),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                RuleStep.Action.LOOKUP,
                Route.TABLE_MAIN);
    }

    /** The flow's ends, as this namespace looks them up, that the rule decides about. */
    private static Stream<IpAddress> caught(Dossier dossier, String namespace, RoutingRule rule) {
        NamespaceState state = dossier.before().namespace(namespace).orElseThrow();
        Flow there = flow(dossier, state);
        IfIndex in = entry(dossier, state);
        IfIndex out = mainWay(state, there.destination()).orElse(IfIndex.LOOPBACK);
        List<IpAddress> caught = Stream.of(FibQuery.input(there, in, 0), FibQuery.input(there.reversed(), out, 0))
                .filter(query -> decides(state, query, rule))
                .map(FibQuery::destination)
                .toList();
        return caught.isEmpty() ? Stream.of(dossier.prediction().question().destination()) : caught.stream();
    }

    private static boolean decides(NamespaceState state, FibQuery query, RoutingRule rule) {
        return switch (new Fib(state).lookup(query)) {
            case FibResult.Found found -> found.rule().equals(rule);
            case FibResult.RefusedByRoute refused -> refused.rule().equals(rule);
            case FibResult.RefusedByRule refused -> refused.rule().equals(rule);
            case FibResult.None none -> false;
        };
    }

    /** The request as the namespace routes it: translated destinations are, its source is not yet. */
    private static Flow flow(Dossier dossier, NamespaceState state) {
        Path request = dossier.prediction().request();
        Optional<Flow> redirected = request.elements(Stage.NatRewrite.class).stream()
                .filter(rewrite -> rewrite.namespaceName().equals(state.name())
                        && !rewrite.before()
                                .destination()
                                .equals(rewrite.after().destination()))
                .map(Stage.NatRewrite::after)
                .findFirst();
        return redirected
                .or(() -> request.passages().stream()
                        .filter(passage -> passage.hop().namespace() == state.inode())
                        .map(Passage::flow)
                        .findFirst())
                .or(() -> request.passages().stream().map(Passage::flow).findFirst())
                .orElseGet(() -> sent(dossier));
    }

    private static Flow sent(Dossier dossier) {
        IpAddress destination = dossier.prediction().question().destination();
        IpAddress source = dossier.prediction().request().elements(Stage.RoutingDecision.class).stream()
                .map(Stage.RoutingDecision::source)
                .findFirst()
                .orElse(IpAddress.any(destination.family()));
        return Flow.icmp(source, 0, destination);
    }

    private static IfIndex entry(Dossier dossier, NamespaceState state) {
        return dossier.prediction().request().passages().stream()
                .map(Passage::hop)
                .filter(hop -> hop.namespace() == state.inode() && hop.direction() == Direction.IN)
                .map(Hop::link)
                .reduce((first, second) -> second)
                .orElse(IfIndex.LOOPBACK);
    }

    private static Optional<IfIndex> mainWay(NamespaceState state, IpAddress destination) {
        return state.routes().stream()
                .filter(route ->
                        route.table() == Route.TABLE_MAIN && route.destination().contains(destination))
                .max(Comparator.comparingInt(route -> route.destination().length()))
                .flatMap(route -> route.nextHops().stream().findFirst())
                .map(Route.NextHop::link);
    }
}
