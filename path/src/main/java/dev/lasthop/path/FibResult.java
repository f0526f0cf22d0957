package dev.lasthop.path;

import dev.lasthop.topology.Route;
import dev.lasthop.topology.RoutingRule;
import java.util.Optional;

/** What the routing tables say. */
public sealed interface FibResult {
    /** @param live how many of the route's next hops are usable; {@code nextHop} is the first of them */
    record Found(RoutingRule rule, Route route, Route.NextHop nextHop, int live) implements FibResult {}

    /** A route that says no. */
    record RefusedByRoute(RoutingRule rule, Route route) implements FibResult {}

    /** A rule that says no. */
    record RefusedByRule(RoutingRule rule) implements FibResult {}

    /**
     * No route.
     *
     * @param dead a route that would have fitted, but whose next hops are all down
     */
    record None(Optional<Route> dead) implements FibResult {}
}
