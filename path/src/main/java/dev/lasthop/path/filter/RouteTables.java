package dev.lasthop.path.filter;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.RoutingRule;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Answers from the tables local, main and default; "not known" where rules lead to others. */
final class RouteTables implements FibOracle {
    @Override
    public Optional<Route.Type> type(NamespaceState namespace, IpAddress address, IfIndex on) {
        if (address.family() == Family.IPV4 && (address.low() >>> 24 == 0 || address.low() == 0xffff_ffffL)) {
            return Optional.of(Route.Type.BROADCAST);
        }
        if (address.isMulticast()) {
            return Optional.of(Route.Type.MULTICAST);
        }
        Optional<Route> local = best(namespace, address, route -> route.table() == Route.TABLE_LOCAL)
                .filter(route -> on.isNone()
                        || route.nextHops().stream().anyMatch(hop -> hop.link().equals(on)));
        if (local.isPresent()) {
            return local.map(Route::type);
        }
        boolean own = namespace.addresses().stream()
                .anyMatch(a ->
                        a.address().equals(address) && (on.isNone() || a.link().equals(on)));
        if (own) {
            return Optional.of(Route.Type.LOCAL);
        }
        // IPv4 asks the local table alone; IPv6 all of them, and calls an address without a route unreachable
        boolean reachable = address.family() == Family.IPV4
                || best(namespace, address, route -> true).isPresent();
        return Optional.of(reachable ? Route.Type.UNICAST : Route.Type.UNREACHABLE);
    }

    @Override
    public Optional<IfIndex> output(NamespaceState namespace, IpAddress to, IpAddress from, int mark, IfIndex through) {
        if (namespace.rules().stream().anyMatch(rule -> rule.family() == to.family() && !isUsual(rule))) {
            return Optional.empty();
        }
        Optional<Route> route = best(namespace, to, r -> true).filter(r -> r.type() == Route.Type.UNICAST);
        return Optional.of(route.stream()
                .flatMap(r -> r.nextHops().stream())
                .map(Route.NextHop::link)
                .filter(link -> through.isNone() || link.equals(through))
                .findFirst()
                .orElse(IfIndex.NONE));
    }

    @Override
    public IpAddress nextHop(NamespaceState namespace, IpAddress to, IfIndex out) {
        return best(
                        namespace,
                        to,
                        route -> route.nextHops().stream()
                                .anyMatch(hop -> hop.link().equals(out)))
                .stream()
                .flatMap(route -> route.nextHops().stream())
                .filter(hop -> hop.link().equals(out))
                .flatMap(hop -> hop.gateway().stream())
                .findFirst()
                .orElse(to);
    }

    private static boolean isUsual(RoutingRule rule) {
        return rule.priority() == 0 || rule.priority() == 32766 || rule.priority() == 32767;
    }

    private static Optional<Route> best(NamespaceState namespace, IpAddress address, Predicate<Route> which) {
        Stream<Route> holding = namespace.routes().stream()
                .filter(route -> route.table() >= Route.TABLE_DEFAULT && route.table() <= Route.TABLE_LOCAL)
                .filter(route -> route.destination().contains(address))
                .filter(which);
        return holding.min(Comparator.<Route>comparingInt(route -> -route.table())
                .thenComparingInt(route -> -route.destination().length())
                .thenComparingLong(Route::priority));
    }
}
