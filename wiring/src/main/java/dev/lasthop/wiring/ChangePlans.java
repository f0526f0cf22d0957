package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.ExtraRoutes.ExtraRoute;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Checks what is to be changed about a connected endpoint, and plans it. Changes nothing. */
record ChangePlans(Places places, Store store) {
    /**
     * @param after the record as it is to be; its undo is not known yet
     * @param taken addresses that it gets
     * @param released addresses that it gives back
     */
    record Prepared(Endpoint before, Endpoint after, Plan plan, List<IpAddress> taken, List<IpAddress> released) {
        boolean changesNothing() {
            return before.equals(after) && plan.steps().isEmpty();
        }
    }

    Prepared prepare(Endpoint before, Change change) {
        EndpointPlans plans = new EndpointPlans(places, store);
        if (!plans.isAlive(before)) {
            throw new WiringException(
                    "the namespace of " + before.name() + ", " + before.place().label()
                            + ", is gone: nothing can be changed in it. lasthop gc removes what is left");
        }
        Network network = store.requireNetwork(before.network());
        HostView host = new HostView(places.at(Place.HOST));
        List<Prefix> addresses = addresses(before, change, network, host);
        Endpoint after = before.withAddresses(addresses)
                .withMac(change.mac().map(EndpointPlans::checked).orElse(before.mac()))
                .with(settings(before, change, network));
        var tuning = new Tuning(network);
        tuning.check(after);
        List<Step> steps = new ArrayList<>(readdressing(before, after, network, host));
        steps.addAll(tuning.steps(before, after));
        List<IpAddress> taken = addressesIn(after, before);
        return new Prepared(
                before,
                after,
                new Plan("change " + before.name() + " on " + before.network(), steps),
                taken,
                addressesIn(before, after));
    }

    private static List<IpAddress> addressesIn(Endpoint one, Endpoint notOther) {
        return one.addresses().stream()
                .filter(address -> !notOther.addresses().contains(address))
                .map(Prefix::address)
                .toList();
    }

    private List<Prefix> addresses(Endpoint before, Change change, Network network, HostView host) {
        List<Prefix> addresses = new ArrayList<>();
        List<IpAddress> wanted = change.addresses().stream()
                .filter(address -> !before.address(address.family()).equals(Optional.of(address)))
                .toList();
        EndpointPlans plans = new EndpointPlans(places, store);
        plans.refuseDoubles(change.addresses(), network);
        for (Prefix address : before.addresses()) {
            Optional<IpAddress> other = wanted.stream()
                    .filter(one -> one.family() == address.family())
                    .findFirst();
            addresses.add(other.map(one -> plans.own(one, network, host)).orElse(address));
        }
        for (IpAddress one : wanted) {
            if (before.address(one.family()).isEmpty()) {
                addresses.add(plans.own(one, network, host));
            }
        }
        return addresses;
    }

    private static Settings settings(Endpoint before, Change change, Network network) {
        Settings settings = before.settings();
        if (change.mtu().isPresent()) {
            settings = change.mtu().getAsInt() == network.mtu()
                    ? settings.without(InterfaceMtu.class)
                    : settings.with(new InterfaceMtu(change.mtu().getAsInt()));
        }
        RateLimits old = RateLimits.of(settings);
        var rates = new RateLimits(
                change.rateIn().map(Change.RateChange::rate).orElse(old.in()),
                change.rateOut().map(Change.RateChange::rate).orElse(old.out()));
        settings = rates.equals(RateLimits.NONE) ? settings.without(RateLimits.class) : settings.with(rates);
        return parameters(before, change, routes(before, change, settings));
    }

    private static Settings routes(Endpoint before, Change change, Settings settings) {
        List<ExtraRoute> routes = new ArrayList<>(ExtraRoutes.of(settings).all());
        for (Prefix unwanted : change.withoutRoutes()) {
            if (!routes.removeIf(route -> route.destination().equals(unwanted))) {
                throw new WiringException(before.name() + " has no route to " + unwanted
                        + " that was added to it; it has: "
                        + (routes.isEmpty()
                                ? "none"
                                : String.join(
                                        ", ",
                                        routes.stream()
                                                .map(ExtraRoute::toString)
                                                .toList())));
            }
        }
        for (ExtraRoute route : change.routes()) {
            routes.removeIf(known -> known.destination().equals(route.destination()));
            routes.add(route);
        }
        return routes.isEmpty() ? settings.without(ExtraRoutes.class) : settings.with(new ExtraRoutes(routes));
    }

    private static Settings parameters(Endpoint before, Change change, Settings settings) {
        var values = new TreeMap<>(KernelParameters.of(settings).values());
        for (String unwanted : change.withoutParameters()) {
            String name = KernelParameters.named(unwanted, before.interfaceName());
            if (values.remove(name) == null) {
                throw new WiringException(name.replace('/', '.') + " was not set for " + before.name() + "; set are: "
                        + (values.isEmpty() ? "none" : String.join(", ", values.keySet())));
            }
        }
        values.putAll(new KernelParameters(change.parameters())
                .on(before.interfaceName())
                .values());
        return values.isEmpty()
                ? settings.without(KernelParameters.class)
                : settings.with(new KernelParameters(values));
    }

    private List<Step> readdressing(Endpoint before, Endpoint after, Network network, HostView host) {
        if (before.addresses().equals(after.addresses())) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        List<Step> old = network.plans().link(before, network, host);
        List<Step> now = network.plans().link(after, network, host);
        List<PublishedPort> ports = store.ports().of(before.id());
        if (!ports.isEmpty()) {
            steps.add(PortElements.unpublish(before, ports));
        }
        old.stream().filter(step -> !now.contains(step)).forEach(step -> steps.addAll(taken(step)));
        for (Family family : Family.values()) {
            inside(before, after, family, steps);
        }
        now.stream()
                .filter(step -> !old.contains(step) && !taken(step).isEmpty())
                .forEach(steps::add);
        if (!ports.isEmpty()) {
            steps.add(PortElements.publish(after, ports));
            steps.addAll(Connections.through(before, ports));
        }
        return steps;
    }

    /** What the host has for one address takes these away; what it has for the interface stays. */
    private static List<Step> taken(Step step) {
        return switch (step) {
            case RouteStep.Add add -> List.of(new RouteStep.Delete(add.place(), add.route()));
            case NeighborStep.Add add -> List.of(new NeighborStep.Delete(add.place(), add.link(), add.address()));
            case NeighborStep.AddProxy add ->
                List.of(new NeighborStep.DeleteProxy(add.place(), add.link(), add.address()));
            default -> List.of();
        };
    }

    /** The kernel takes the routes away along with the last address; those that rest on the old one rest on the new one. */
    private void inside(Endpoint before, Endpoint after, Family family, List<Step> steps) {
        Optional<Prefix> old = ofFamily(before, family);
        Optional<Prefix> now = ofFamily(after, family);
        if (old.equals(now)) {
            return;
        }
        List<RouteTo> routes = new ArrayList<>();
        old.ifPresent(address -> {
            var delete = new AddressStep.Delete(before.place(), before.interfaceName(), address);
            for (Step step : delete.undo(places)) {
                if (step instanceof RouteStep.Replace replace && replace.route().family() == family) {
                    routes.add(replace.route());
                }
            }
            steps.add(delete);
        });
        now.ifPresent(address -> {
            steps.add(new AddressStep.Add(after.place(), after.interfaceName(), address, family == Family.IPV6));
            routes.forEach(route -> {
                boolean moved = route.source().equals(old.map(Prefix::address));
                steps.add(new RouteStep.Replace(after.place(), moved ? route.source(address.address()) : route));
            });
        });
    }

    private static Optional<Prefix> ofFamily(Endpoint endpoint, Family family) {
        return endpoint.addresses().stream()
                .filter(address -> address.family() == family)
                .findFirst();
    }
}
