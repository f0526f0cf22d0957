package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.RuleStep;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The ways out of a namespace that is on several networks. One network has the default route of a family ({@link DefaultRoute}). What is sent
 * from an address of another network, which is what answers are, leaves by that network all the same: a rule and a table of its own see to
 * it, or the answer would leave by the default route with a source that nobody behind that expects. Checks and plans; changes nothing.
 */
record Exits(Places places, Store store) {
    static final int FIRST_TABLE = 7600;

    /** An endpoint with its network. */
    private record Connection(Endpoint endpoint, Network network) {
        Optional<RouteTo> exit(Family family) {
            return network.subnet(family).isPresent() && !network.internal()
                    ? network.plans().exit(network, endpoint, family)
                    : Optional.empty();
        }

        int claim() {
            return DefaultRoute.of(endpoint).claim();
        }
    }

    /** What a connection claims that is being made: more than all others if it was asked for, else less. */
    Settings claim(Settings asked, long inode) {
        List<Endpoint> others = alive(inode);
        boolean wanted = asked.find(DefaultRoute.class).equals(Optional.of(DefaultRoute.WANTED));
        if (others.isEmpty() && !wanted) {
            return asked.without(DefaultRoute.class);
        }
        int highest = others.stream()
                .mapToInt(other -> DefaultRoute.of(other).claim())
                .max()
                .orElse(0);
        int lowest = others.stream()
                .mapToInt(other -> DefaultRoute.of(other).claim())
                .min()
                .orElse(0);
        int table = FIRST_TABLE + 1;
        while (isTaken(table, others)) {
            table++;
        }
        return asked.with(new DefaultRoute(wanted ? highest + 1 : lowest - 1, table));
    }

    /** Gives an endpoint that is being connected its ways out, and its namespace's other networks what they need besides. */
    List<Step> joining(Endpoint endpoint, Network network, HostView inside) {
        var own = new Connection(endpoint, network);
        List<Connection> others = others(endpoint);
        List<Step> steps = new ArrayList<>();
        for (Family family : Family.values()) {
            own.exit(family).ifPresent(exit -> joining(own, exit, others, inside, steps));
        }
        if (network.internal() || !others.isEmpty()) {
            steps.addAll(toPeers(endpoint, network, Peers.of(network).all()));
        }
        return steps;
    }

    private static void joining(
            Connection own, RouteTo exit, List<Connection> others, HostView inside, List<Step> steps) {
        Place place = own.endpoint().place();
        Family family = exit.family();
        Optional<Connection> holder = holder(others, family);
        boolean claims = others.isEmpty()
                ? own.claim() > 0 // it was asked for
                : others.stream().allMatch(other -> other.claim() < own.claim());
        if (holder.isPresent() && claims) {
            steps.add(new RouteStep.Replace(place, exit));
            steps.addAll(back(holder.get(), family));
            steps.addAll(toPeers(
                    holder.get().endpoint(),
                    holder.get().network(),
                    Peers.of(holder.get().network()).all()));
        } else if (holder.isPresent()) {
            steps.addAll(back(own, family));
        } else if (claims) { // somebody else's
            for (int i = 0; i < inside.defaultRoutes(family); i++) {
                steps.add(new RouteStep.Delete(place, RouteTo.everywhere(family)));
            }
            steps.add(new RouteStep.Add(place, exit));
        } else if (!inside.hasDefaultRoute(family)) {
            steps.add(new RouteStep.Add(place, exit));
        }
    }

    /**
     * Of the steps that make an endpoint's interface again, those that are not there: a rule outlives the interface, and what the
     * namespace's other networks need is found with them.
     */
    static List<Step> lost(List<Step> steps, Endpoint endpoint, HostView inside) {
        int table = DefaultRoute.of(endpoint).table();
        return steps.stream()
                .filter(step -> switch (step) {
                    case RuleStep.Add add ->
                        add.rule().table() == table
                                && !inside.hasRule(add.rule().family(), table);
                    case RouteStep.Add add ->
                        !add.place().equals(endpoint.place())
                                || add.route().nextHops().stream()
                                        .flatMap(hop -> hop.link().stream())
                                        .allMatch(endpoint.interfaceName()::equals);
                    default -> true;
                })
                .toList();
    }

    /** Hands on what an endpoint has that is being disconnected; its interface is gone by then. */
    List<Step> leaving(Endpoint endpoint) {
        List<Connection> others = others(endpoint);
        Optional<Network> network = store.network(endpoint.network());
        boolean alone = others.isEmpty() && !endpoint.settings().has(DefaultRoute.class);
        if (network.isEmpty() || alone) {
            return List.of();
        }
        var own = new Connection(endpoint, network.get());
        List<Step> steps = new ArrayList<>();
        for (Family family : Family.values()) {
            if (own.exit(family).isPresent()) {
                leaving(own, others, family, steps);
            }
        }
        if (others.size() == 1 && !others.getFirst().network().internal()) { // its default route is enough
            Connection last = others.getFirst();
            toPeers(last.endpoint(), last.network(), Peers.of(last.network()).all())
                    .forEach(step -> steps.add(inverse(step)));
        }
        return steps;
    }

    private static void leaving(Connection own, List<Connection> others, Family family, List<Step> steps) {
        boolean restored = own.endpoint().undo().stream()
                .anyMatch(
                        step -> step instanceof RouteStep route && route.route().family() == family);
        Optional<Connection> heir = holder(others, family);
        boolean held = heir.isPresent() && heir.get().claim() < own.claim() && !restored;
        if (held) {
            List<Step> before = new ArrayList<>(back(heir.get(), family));
            before.reversed().forEach(step -> steps.add(inverse(step)));
            steps.add(new RouteStep.Add(
                    heir.get().endpoint().place(), heir.get().exit(family).orElseThrow()));
        } else {
            back(own, family).stream()
                    .filter(RuleStep.class::isInstance)
                    .map(Exits::inverse)
                    .forEach(steps::add);
        }
    }

    /** Finds what an endpoint lacks of its ways out. */
    void compare(Endpoint endpoint, Network network, HostView inside, Differences differences) {
        var own = new Connection(endpoint, network);
        List<Connection> others = others(endpoint);
        for (Family family : Family.values()) {
            Optional<RouteTo> exit = own.exit(family);
            if (exit.isEmpty()) {
                continue;
            }
            boolean holds = holder(others, family)
                    .filter(other -> other.claim() > own.claim())
                    .isEmpty();
            if (holds && !inside.hasDefaultRoute(family)) {
                differences.found(
                        endpoint.id() + " has no " + family + " default route",
                        new RouteStep.Add(endpoint.place(), exit.get()));
            } else if (!holds) {
                missing(back(own, family), inside)
                        .forEach(step -> differences.found(
                                endpoint.id() + " does not answer by its own way: " + step.command(), step));
            }
        }
        if (network.internal() || !others.isEmpty()) {
            missing(toPeers(endpoint, network, Peers.of(network).all()), inside)
                    .forEach(step ->
                            differences.found(endpoint.id() + " has no route to a peer: " + step.command(), step));
        }
    }

    /** The routes inside its endpoints that a network's peers need, where there is not just the default route. */
    List<Step> toPeers(Network network, List<Peer> peers) {
        var plans = new EndpointPlans(places, store);
        return store.endpoints(network.name()).stream()
                .filter(endpoint -> endpoint.complete() && plans.isAlive(endpoint))
                .filter(endpoint -> network.internal() || !others(endpoint).isEmpty())
                .flatMap(endpoint -> toPeers(endpoint, network, peers).stream())
                .toList();
    }

    private static List<Step> toPeers(Endpoint endpoint, Network network, List<Peer> peers) {
        List<Step> steps = new ArrayList<>();
        for (Peer peer : peers) {
            for (Prefix subnet : peer.subnets()) {
                network.plans()
                        .exit(network, endpoint, subnet.family())
                        .ifPresent(exit -> steps.add(new RouteStep.Add(endpoint.place(), exit.to(subnet))));
            }
        }
        return steps;
    }

    /** What takes a step back; of the kinds that are made here. */
    static Step inverse(Step step) {
        return switch (step) {
            case RouteStep.Add add -> new RouteStep.Delete(add.place(), add.route());
            case RuleStep.Add add -> new RuleStep.Delete(add.place(), add.rule());
            default -> throw new IllegalArgumentException("not a way out: " + step.command());
        };
    }

    /** The network that has the default route, among those that lead anywhere. */
    private static Optional<Connection> holder(List<Connection> connections, Family family) {
        return connections.stream()
                .filter(one -> one.exit(family).isPresent())
                .max(Comparator.comparingInt(Connection::claim));
    }

    /** What makes answers leave by the network that the question came in by. */
    private static List<Step> back(Connection one, Family family) {
        Place place = one.endpoint().place();
        Prefix subnet = one.network().subnet(family).orElseThrow().prefix();
        int table = DefaultRoute.of(one.endpoint()).table();
        List<Step> steps = new ArrayList<>();
        boolean isOnLink = one.endpoint().addresses().stream()
                .anyMatch(address -> address.network().equals(subnet));
        if (isOnLink) {
            steps.add(new RouteStep.Add(
                    place,
                    RouteTo.prefix(subnet).on(one.endpoint().interfaceName()).table(table)));
        }
        steps.add(new RouteStep.Add(place, one.exit(family).orElseThrow().table(table)));
        steps.add(new RuleStep.Add(
                place, RuleStep.Selector.lookup(family, table, table).from(subnet)));
        return steps;
    }

    private List<Step> missing(List<Step> steps, HostView inside) {
        return steps.stream()
                .filter(step -> step instanceof RuleStep.Add add
                        ? !inside.hasRule(add.rule().family(), add.rule().table())
                        : !step.undo(places).isEmpty())
                .toList();
    }

    private List<Connection> others(Endpoint endpoint) {
        List<Connection> others = new ArrayList<>();
        for (Endpoint other : alive(endpoint.inode())) {
            if (!other.id().equals(endpoint.id())) {
                store.network(other.network()).ifPresent(network -> others.add(new Connection(other, network)));
            }
        }
        return others;
    }

    private List<Endpoint> alive(long inode) {
        var plans = new EndpointPlans(places, store);
        return store.endpointsIn(inode).stream()
                .filter(endpoint -> endpoint.complete() && plans.isAlive(endpoint))
                .toList();
    }

    private static boolean isTaken(int table, List<Endpoint> endpoints) {
        return endpoints.stream().anyMatch(other -> DefaultRoute.of(other).table() == table);
    }
}
