package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.Differences.Difference;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is on record against what is there: what others took away, and the steps that put just that back. */
final class Repair {
    private final Places places;
    private final Store store;
    private final HostView host;
    private final Differences differences = new Differences();

    Repair(Places places, Store store) {
        this.places = places;
        this.store = store;
        this.host = new HostView(places.at(Place.HOST));
    }

    List<Difference> differences() {
        List<Network> networks =
                store.networks().stream().filter(Network::complete).toList();
        networks.forEach(network -> network.plans().compare(network, host, differences));
        networks.forEach(network -> new PeerPlans(network).compare(places, host, differences));
        networks.forEach(this::forwarding);
        if (networks.stream().anyMatch(network -> network.plans().crossesHost())) {
            table(networks);
        }
        for (Endpoint endpoint : store.endpoints()) {
            if (endpoint.complete() && new EndpointPlans(places, store).isAlive(endpoint)) {
                networks.stream()
                        .filter(network -> network.name().equals(endpoint.network()))
                        .forEach(network -> endpoint(network, endpoint));
            }
        }
        return differences.all();
    }

    private void forwarding(Network network) {
        if (network.plans().needsForwarding(network)) {
            NetworkPlans.forwarding(host, network).forEach(step -> {
                if (!differences.areMendedBy(step)) {
                    differences.found("the host does not forward: " + step.command(), step);
                }
            });
        }
    }

    private void table(List<Network> networks) {
        if (TableContents.table(host.site()).isEmpty()) {
            differences.found("table inet lasthop is gone: the rules were flushed", OwnTable.whole(store, host));
            return;
        }
        new TableRepair(host.site(), store, differences).compare(networks);
    }

    private void endpoint(Network network, Endpoint endpoint) {
        HostView inside = new HostView(places.at(endpoint.place()));
        Optional<LinkMessage> insideEnd = inside.link(endpoint.interfaceName());
        boolean hasHostEnd = endpoint.hostLink().isPresent();
        boolean hostEndIsThere = endpoint.hostLink().flatMap(host::link).isPresent();
        String who = endpoint.id();
        if (!hostEndIsThere && insideEnd.isEmpty()) {
            if (!network.plans().canRemake(endpoint, host)) {
                differences.found("interface " + endpoint.interfaceName() + " of " + who
                        + " is gone, and is not Lasthop's to make: disconnect it");
                return;
            }
            List<Step> steps = new ArrayList<>();
            if (host.link(Tuning.rateLink(endpoint)).isPresent()) {
                steps.addAll(Tuning.removal(endpoint));
            }
            List<Step> whole = new EndpointPlans(places, store)
                    .plan(endpoint, store.ports().of(endpoint.id()), network, host, inside)
                    .steps();
            steps.addAll(Exits.lost(whole, endpoint, inside));
            differences.found("interface " + endpoint.interfaceName() + " of " + who + " was deleted", steps);
            return;
        }
        if (hostEndIsThere != hasHostEnd || insideEnd.isEmpty()) {
            differences.found("one end of the veth pair of " + who + " is not where it was: disconnect and connect it");
            return;
        }
        network.plans().compare(network, endpoint, host, differences);
        if (store.ports().hasAny(endpoint.id())) {
            new Ports(places, store)
                    .around(host, network, endpoint)
                    .forEach(step -> differences.found("published ports of " + who + " need " + step.command(), step));
        }
        inside(network, endpoint, inside, insideEnd.get());
    }

    private void inside(Network network, Endpoint endpoint, HostView inside, LinkMessage link) {
        String name = endpoint.interfaceName();
        for (Prefix address : endpoint.addresses()) {
            if (!inside.hasAddress(name, address)) {
                differences.found(
                        "address " + address + " of " + endpoint.id() + " is not on " + name,
                        address(endpoint.place(), name, address));
            }
        }
        if ((link.flags() & LinkMessage.UP) == 0) {
            differences.found(name + " of " + endpoint.id() + " is down", LinkStep.up(endpoint.place(), name));
        }
        new Tuning(network).compare(endpoint, host, inside, places, differences);
        Tuning.compareParameters(endpoint, new Removal(places, store).others(endpoint), inside, differences);
        for (RouteTo route : network.plans().routes(network, endpoint, inside)) {
            differences.found(
                    endpoint.id() + " has no route to " + route.destination(),
                    new RouteStep.Add(endpoint.place(), route));
        }
        network.plans()
                .finish(endpoint, network, inside)
                .forEach(step -> differences.found(endpoint.id() + " needs " + step.command(), step));
        new Exits(places, store).compare(endpoint, network, inside, differences);
    }

    private static Step address(Place place, String link, Prefix address) {
        return new AddressStep.Add(place, link, address, address.family() == Family.IPV6);
    }
}
