package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is on record against what is there: what others took away, and the steps that put just that back. */
final class Repair {
    /** Something that is not as it was declared. */
    record Difference(String what, List<Step> steps) {}

    private final Places places;
    private final Store store;
    private final HostView host;
    private final List<Difference> differences = new ArrayList<>();

    Repair(Places places, Store store) {
        this.places = places;
        this.store = store;
        this.host = new HostView(places.at(Place.HOST));
    }

    List<Difference> differences() {
        List<Network> networks =
                store.networks().stream().filter(Network::complete).toList();
        networks.forEach(this::bridge);
        networks.forEach(this::forwarding);
        if (!networks.isEmpty()) {
            table(networks);
        }
        for (Endpoint endpoint : store.endpoints()) {
            if (endpoint.complete() && new EndpointPlans(places, store).isAlive(endpoint)) {
                networks.stream()
                        .filter(network -> network.name().equals(endpoint.network()))
                        .forEach(network -> endpoint(network, endpoint));
            }
        }
        return differences;
    }

    static Plan plan(List<Difference> differences) {
        return new Plan(
                "repair",
                differences.stream()
                        .flatMap(difference -> difference.steps().stream())
                        .toList());
    }

    private void found(String what, Step... steps) {
        differences.add(new Difference(what, List.of(steps)));
    }

    private void bridge(Network network) {
        String name = network.bridge();
        Optional<LinkMessage> link = host.link(name);
        if (link.isEmpty()) {
            if (!network.ownsBridge()) {
                found("bridge " + name + " of network " + network.name() + " is gone, and is not Lasthop's to make");
                return;
            }
            List<Step> steps = new ArrayList<>(NetworkPlans.bridge(network));
            network.subnets().forEach(subnet -> steps.add(address(Place.HOST, name, subnet.gatewayPrefix())));
            steps.add(LinkStep.up(Place.HOST, name));
            differences.add(new Difference("bridge " + name + " of network " + network.name() + " was deleted", steps));
            return;
        }
        for (Subnet subnet : network.subnets()) {
            if (!host.hasAddress(name, subnet.gatewayPrefix())) {
                found(
                        "gateway " + subnet.gateway() + " of network " + network.name() + " is not on " + name,
                        address(Place.HOST, name, subnet.gatewayPrefix()));
            }
        }
        if ((link.get().flags() & LinkMessage.UP) == 0) {
            found("bridge " + name + " is down", LinkStep.up(Place.HOST, name));
        }
    }

    private void forwarding(Network network) {
        if (!network.internal()) {
            NetworkPlans.forwarding(host, network).forEach(step -> {
                boolean known = differences.stream()
                        .anyMatch(difference -> difference.steps().contains(step));
                if (!known) {
                    found("the host does not forward: " + step.command(), step);
                }
            });
        }
    }

    private void table(List<Network> networks) {
        boolean there = host.hasTable(OwnTable.NAME);
        if (!there || !OwnTable.isWhole(host.site())) {
            List<Step> steps = new ArrayList<>();
            if (there) {
                steps.add(OwnTable.delete());
            }
            steps.addAll(OwnTable.whole(store));
            differences.add(new Difference(
                    there
                            ? "rules of table inet lasthop were changed"
                            : "table inet lasthop is gone: the rules were flushed",
                    steps));
            return;
        }
        for (Network network : networks) {
            Step add = OwnTable.add(network);
            if (!add.undo(places).isEmpty()) { // there would be something to take back: so it is not there now
                found("network " + network.name() + " is not in table inet lasthop", add);
            }
        }
        for (Endpoint endpoint : store.endpoints()) {
            Step add = OwnTable.publish(endpoint, endpoint.ports());
            if (endpoint.complete() && !add.undo(places).isEmpty()) {
                found("ports of " + endpoint.id() + " are not in table inet lasthop", add);
            }
        }
    }

    private void endpoint(Network network, Endpoint endpoint) {
        HostView inside = new HostView(places.at(endpoint.place()));
        Optional<LinkMessage> hostEnd = host.link(endpoint.hostLink());
        Optional<LinkMessage> insideEnd = inside.link(endpoint.interfaceName());
        String who = endpoint.id();
        if (hostEnd.isEmpty() && insideEnd.isEmpty()) {
            differences.add(new Difference(
                    "interface " + endpoint.interfaceName() + " of " + who + " was deleted",
                    new EndpointPlans(places, store)
                            .plan(endpoint, network, host, inside)
                            .steps()));
            return;
        }
        if (hostEnd.isEmpty() || insideEnd.isEmpty()) {
            found("one end of the veth pair of " + who + " is not where it was: disconnect and connect it");
            return;
        }
        int bridge =
                host.link(network.bridge()).map(link -> link.index().value()).orElse(-1);
        if (hostEnd.get().attributes().get(LinkMessage.MASTER).orElse(0) != bridge) {
            found(
                    endpoint.hostLink() + " of " + who + " is not on bridge " + network.bridge(),
                    new LinkStep.Master(Place.HOST, endpoint.hostLink(), Optional.of(network.bridge())));
        }
        if ((hostEnd.get().flags() & LinkMessage.UP) == 0) {
            found(endpoint.hostLink() + " of " + who + " is down", LinkStep.up(Place.HOST, endpoint.hostLink()));
        }
        if (!endpoint.ports().isEmpty()) {
            new Ports(store)
                    .around(host, network, endpoint)
                    .forEach(step -> found("published ports of " + who + " need " + step.command(), step));
        }
        inside(network, endpoint, inside, insideEnd.get());
    }

    private void inside(Network network, Endpoint endpoint, HostView inside, LinkMessage link) {
        String name = endpoint.interfaceName();
        for (Prefix address : endpoint.addresses()) {
            if (!inside.hasAddress(name, address)) {
                found(
                        "address " + address + " of " + endpoint.id() + " is not on " + name,
                        address(endpoint.place(), name, address));
            }
        }
        if ((link.flags() & LinkMessage.UP) == 0) {
            found(name + " of " + endpoint.id() + " is down", LinkStep.up(endpoint.place(), name));
        }
        for (Subnet subnet : network.subnets()) {
            if (!network.internal() && !inside.hasDefaultRoute(subnet.family())) {
                found(
                        endpoint.id() + " has no " + subnet.family() + " default route",
                        new RouteStep.Add(
                                endpoint.place(),
                                RouteTo.everywhere(subnet.family())
                                        .via(subnet.gateway())
                                        .on(name)));
            }
        }
    }

    private static Step address(Place place, String link, Prefix address) {
        return new AddressStep.Add(place, link, address, address.family() == Family.IPV6);
    }
}
