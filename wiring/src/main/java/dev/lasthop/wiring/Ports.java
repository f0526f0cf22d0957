package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;

/** Checks and plans of published ports. */
record Ports(Store store) {
    void refuseTaken(HostView host, Endpoint endpoint, List<PublishedPort> wanted) {
        store.network(endpoint.network())
                .filter(network -> !network.plans().crossesHost() && !wanted.isEmpty())
                .ifPresent(network -> {
                    throw new WiringException("port " + wanted.getFirst() + " cannot be published: packets of network "
                            + network.name() + " (" + network.driver() + ") do not pass the host's routing. "
                            + endpoint.name() + " is reached by its own address");
                });
        for (PublishedPort port : wanted) {
            if (!OwnTable.reaches(endpoint, port)) {
                throw new WiringException("port " + port + " cannot be published: " + endpoint.name()
                        + " has no address of that family on " + endpoint.network());
            }
            for (Endpoint other : store.endpoints()) {
                for (PublishedPort held : other.ports()) {
                    if (held.clashes(port)) {
                        throw new WiringException("port " + port.hostPort() + "/" + port.protocol()
                                + " of the host is taken: it leads to " + other.name() + " (" + held
                                + "). lasthop unpublish "
                                + other.name() + " " + held.hostPort() + "/" + held.protocol() + " frees it");
                    }
                }
            }
            long among = wanted.stream().filter(port::clashes).count();
            if (among > 1) {
                throw new WiringException("port " + port.hostPort() + "/" + port.protocol() + " is asked for twice");
            }
            HostSockets.listener(host.site(), port).ifPresent(who -> {
                throw new WiringException("port " + port.hostPort() + "/" + port.protocol()
                        + " of the host is taken: a process listens on " + who + "; ss -lnp shows which");
            });
        }
    }

    List<Step> steps(HostView host, Network network, Endpoint endpoint, List<PublishedPort> ports) {
        List<Step> steps = new ArrayList<>(around(host, network, endpoint));
        steps.add(OwnTable.publish(endpoint, ports));
        steps.addAll(new Connections(host.site()).before(ports));
        return steps;
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
