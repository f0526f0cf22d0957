package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.RoutingRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Route look-up in one namespace as the kernel does it: policy rules in order, then the longest prefix, TOS, metric. */
public final class Fib {
    private static final Comparator<Route> ORDER = Comparator.<Route>comparingInt(
                    route -> -route.destination().length())
            .thenComparingInt(route -> -route.source().length())
            .thenComparingInt(route -> -route.tos())
            .thenComparingLong(Route::priority);

    private final NamespaceState namespace;

    /** The tables and rules of this namespace. */
    public Fib(NamespaceState namespace) {
        this.namespace = namespace;
    }

    public FibResult lookup(FibQuery query) {
        List<RoutingRule> rules = rules(query.destination().family());
        Optional<Route> dead = Optional.empty();
        Optional<FibResult> thrown = Optional.empty();
        long from = 0;
        for (RoutingRule rule : rules) {
            if (rule.priority() < from || !matches(rule, query)) {
                continue;
            }
            switch (rule.action()) {
                case GOTO -> from = rule.gotoPriority();
                case BLACKHOLE, UNREACHABLE, PROHIBIT -> {
                    return new FibResult.RefusedByRule(rule);
                }
                case TABLE -> {
                    Search search = search(rule, query);
                    dead = dead.or(search::dead);
                    if (search.result().isPresent()) {
                        FibResult result = search.result().get();
                        if (!(result instanceof FibResult.RefusedByRoute refused
                                && refused.route().type() == Route.Type.THROW)) {
                            return result;
                        }
                        thrown = Optional.of(result);
                    }
                }
                case NOP, OTHER -> {}
            }
        }
        Optional<Route> lost = dead;
        return thrown.orElseGet(() -> new FibResult.None(lost));
    }

    private List<RoutingRule> rules(Family family) {
        List<RoutingRule> rules = namespace.rules().stream()
                .filter(rule -> rule.family() == family)
                .sorted(Comparator.comparingLong(RoutingRule::priority))
                .toList();
        return rules.isEmpty() ? usualRules(family) : rules;
    }

    private static List<RoutingRule> usualRules(Family family) {
        return List.of(
                usual(family, 0, Route.TABLE_LOCAL),
                usual(family, 32766, Route.TABLE_MAIN),
                usual(family, 32767, Route.TABLE_DEFAULT));
    }

    private static RoutingRule usual(Family family, long priority, int table) {
        return new RoutingRule(
                family,
                priority,
                Prefix.all(family),
                Prefix.all(family),
                "",
                "",
                0,
                0,
                0,
                0,
                RoutingRule.PortRange.ANY,
                RoutingRule.PortRange.ANY,
                false,
                false,
                RoutingRule.Action.TABLE,
                table,
                0,
                OptionalInt.empty(),
                false);
    }

    private boolean matches(RoutingRule rule, FibQuery query) {
        if (rule.l3MasterDevice() && vrfTable(query).isEmpty()) {
            return false;
        }
        return selects(rule, query) != rule.inverted();
    }

    private boolean selects(RoutingRule rule, FibQuery query) {
        return (rule.input().isEmpty() || isNamed(query.input(), rule.input()))
                && (rule.output().isEmpty() || isNamed(query.output(), rule.output()))
                && ((query.mark() ^ rule.mark()) & rule.markMask()) == 0
                && contains(rule.source(), query.source())
                && contains(rule.destination(), query.destination())
                && (rule.tos() == 0 || rule.tos() == query.tos())
                && (rule.ipProtocol() == 0 || rule.ipProtocol() == query.protocol())
                && rule.sourcePorts().contains(query.sourcePort())
                && rule.destinationPorts().contains(query.destinationPort());
    }

    private static boolean contains(Prefix prefix, IpAddress address) {
        return prefix.length() == 0 || prefix.contains(address);
    }

    private boolean isNamed(IfIndex index, String name) {
        return namespace.link(index).filter(link -> link.name().equals(name)).isPresent();
    }

    private OptionalLong vrfTable(FibQuery query) {
        for (IfIndex index : List.of(query.input(), query.output())) {
            Optional<Link> link = namespace.link(index);
            Optional<Link> vrf = link.filter(found -> found.vrfTable().isPresent())
                    .or(() -> link.flatMap(found -> namespace.link(found.master()))
                            .filter(master -> master.vrfTable().isPresent()));
            if (vrf.isPresent()) {
                return OptionalLong.of(vrf.get().vrfTable().orElse(0));
            }
        }
        return OptionalLong.empty();
    }

    private record Search(Optional<FibResult> result, Optional<Route> dead) {}

    private Search search(RoutingRule rule, FibQuery query) {
        int table = rule.l3MasterDevice() ? (int) vrfTable(query).orElse(0) : rule.table();
        Optional<Route> dead = Optional.empty();
        for (Route route : candidates(table, query)) {
            if (rule.suppressPrefixLength().isPresent()
                    && route.destination().length()
                            <= rule.suppressPrefixLength().getAsInt()) {
                break; // all that follow are as short or shorter
            }
            if (isRefusal(route.type())) {
                return new Search(Optional.of(new FibResult.RefusedByRoute(rule, route)), dead);
            }
            List<Route.NextHop> usable = usable(route, query);
            if (!usable.isEmpty()) {
                var found = new FibResult.Found(rule, route, usable.getFirst(), usable.size());
                return new Search(Optional.of(found), dead);
            }
            if (query.output().isNone()) {
                dead = dead.or(() -> Optional.of(route));
            }
        }
        return new Search(Optional.empty(), dead);
    }

    private List<Route> candidates(int table, FibQuery query) {
        var fitting = new ArrayList<Route>();
        for (Route route : namespace.routes()) {
            if (route.table() == table
                    && route.family() == query.destination().family()
                    && route.destination().contains(query.destination())
                    && (route.source().length() == 0 || route.source().contains(query.source()))
                    && (route.tos() == 0 || route.tos() == query.tos())) {
                fitting.add(route);
            }
        }
        fitting.sort(ORDER);
        return fitting;
    }

    private static boolean isRefusal(Route.Type type) {
        return switch (type) {
            case BLACKHOLE, UNREACHABLE, PROHIBIT, THROW -> true;
            default -> false;
        };
    }

    private List<Route.NextHop> usable(Route route, FibQuery query) {
        return route.nextHops().stream()
                .filter(hop -> (hop.flags() & Route.NextHop.DEAD) == 0)
                .filter(hop -> (hop.flags() & Route.NextHop.LINK_DOWN) == 0 || !ignoresLinkDown(route.family(), hop))
                .filter(hop -> query.output().isNone() || query.output().equals(hop.link()))
                .toList();
    }

    private boolean ignoresLinkDown(Family family, Route.NextHop hop) {
        String device = namespace.link(hop.link()).map(Link::name).orElse("");
        String setting = "ignore_routes_with_linkdown";
        return family == Family.IPV4
                ? namespace.sysctls().ipv4("all", setting) != 0
                        || namespace.sysctls().ipv4(device, setting) != 0
                : namespace.sysctls().ipv6("all", setting) != 0
                        || namespace.sysctls().ipv6(device, setting) != 0;
    }
}
