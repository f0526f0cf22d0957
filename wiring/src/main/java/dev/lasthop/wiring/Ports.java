package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.nftables.Ruleset;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks and plans of published ports. */
record Ports(Places places, Store store) {
    /** @throws WiringException if one of them cannot lead to the endpoint, naming who has it */
    void refuseTaken(HostView host, Endpoint endpoint, List<PublishedPort> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        store.network(endpoint.network())
                .filter(network -> !network.plans().crossesHost())
                .ifPresent(network -> {
                    throw new WiringException("port " + wanted.getFirst() + " cannot be published: packets of network "
                            + network.name() + " (" + network.driver() + ") do not pass the host's routing. "
                            + endpoint.name() + " is reached by its own address");
                });
        for (PublishedPort port : wanted) {
            if (!PortElements.reaches(endpoint, port)) {
                throw new WiringException("port " + port + " cannot be published: " + endpoint.name()
                        + " has no address of that family on " + endpoint.network());
            }
            port.application().ifPresent(HelperRules::requireKernel);
            refuseHeld(port);
            long among = wanted.stream()
                    .filter(other -> other.host().clashes(port.host()))
                    .count();
            if (among > 1) {
                throw new WiringException("port " + numbers(port.host()) + " is asked for twice");
            }
            HostSockets.listener(host.site(), port.host()).ifPresent(who -> {
                throw new WiringException("port " + who.port() + "/" + port.protocol() + " of the host is taken: " + who
                        + "; ss -lnp shows it. Publish another port, or end that process");
            });
        }
    }

    private void refuseHeld(PublishedPort wanted) {
        store.ports().clash(wanted.host()).ifPresent(held -> {
            Optional<Endpoint> holder = store.endpoint(held.endpoint());
            if (holder.filter(this::isAlive).isPresent()) {
                String name = holder.get().name();
                HostPort port = held.port().host();
                throw new WiringException("port " + numbers(wanted.host()) + " of the host is taken: it leads to "
                        + name + " (" + held.port() + "). lasthop unpublish " + name + " " + port + " frees it");
            }
        });
    }

    private static String numbers(HostPort port) {
        return port.numbers() + "/" + port.protocol();
    }

    /** Takes away endpoints whose namespace is gone, and that hold one of these ports still. */
    void makeWay(List<PublishedPort> wanted) {
        for (PublishedPort port : wanted) {
            Optional<PortFiles.Held> held = store.ports().clash(port.host());
            while (held.isPresent()) {
                Optional<Endpoint> holder = store.endpoint(held.get().endpoint());
                if (holder.filter(this::isAlive).isPresent()) {
                    return; // it is refused later on
                }
                holder.ifPresent(gone -> new Removal(places, store).remove(gone));
                store.ports().delete(held.get().endpoint(), held.get().port());
                held = store.ports().clash(port.host());
            }
        }
    }

    private boolean isAlive(Endpoint endpoint) {
        return new EndpointPlans(places, store).isAlive(endpoint);
    }

    List<Step> steps(HostView host, Network network, Endpoint endpoint, List<PublishedPort> ports) {
        List<Step> steps = new ArrayList<>(around(host, network, endpoint));
        steps.addAll(HelperRules.of(ports));
        List<TableElement> stale = stale(host, endpoint, ports);
        if (!stale.isEmpty()) { // nobody's that is on record
            steps.add(TableElement.step(stale, false));
        }
        steps.add(PortElements.publish(endpoint, ports));
        steps.addAll(Connections.before(endpoint, ports));
        return steps;
    }

    private static List<TableElement> stale(HostView host, Endpoint endpoint, List<PublishedPort> ports) {
        List<TableElement> stale = new ArrayList<>();
        for (PublishedPort port : ports) {
            for (TableElement element : PortElements.of(endpoint, port).mappings()) {
                SetElement wanted = element.parts().getFirst();
                Ruleset.element(host.site().netfilter(), TableElement.in(element.set()), wanted)
                        .filter(known -> !TableContents.data(known).equals(TableContents.data(wanted)))
                        .ifPresent(
                                known -> stale.add(new TableElement(element.set(), List.of(known), element.words())));
            }
        }
        return stale;
    }

    /** What published ports need besides their elements, as far as it is not there. */
    List<Step> around(HostView host, Network network, Endpoint endpoint) {
        List<Step> steps = new ArrayList<>();
        boolean ipv4 = endpoint.address(Family.IPV4).isPresent();
        network.plans()
                .entrance(network, endpoint)
                .map(link -> "net/ipv4/conf/" + link + "/route_localnet")
                .filter(key -> ipv4 && !host.site().sysctl(key).orElse("0").equals("1"))
                // so that the host reaches it by 127.0.0.1; endpoints are kept out by the table's guard
                .ifPresent(key -> steps.add(new SysctlStep(Place.HOST, key, "1")));
        endpoint.hostLink()
                .filter(link -> network.plans().isBridged() && !isHairpin(host, link))
                // bridge netfilter rewrites the destination while still bridging: then a call of oneself goes out
                // where it came in
                .ifPresent(link ->
                        steps.add(new LinkStep.PortOption(Place.HOST, link, LinkStep.BridgePortOption.HAIRPIN, 1)));
        return steps;
    }

    private static boolean isHairpin(HostView host, String link) {
        return host.link(link)
                .flatMap(port -> port.portData().get(LinkKinds.BridgePort.MODE))
                .filter(mode -> mode == 1)
                .isPresent();
    }
}
