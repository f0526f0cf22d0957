package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A veth pair for each endpoint and one route of the host to it. The endpoint sends everything to a link-local gateway. The host's end
 * answers for that one (proxy ARP, proxy NDP); the endpoint has its MAC address as a permanent neighbour besides, because the kernel answers
 * as a proxy only for what it has a route to, and a host without a default route has none to the gateway.
 */
record RoutedPlans() implements DriverPlans {
    /** The gateway of every routed endpoint: on the link only, so that none of the network's addresses is spent on it. */
    static final IpAddress GATEWAY4 = IpAddress.parse("169.254.1.1");

    static final IpAddress GATEWAY6 = IpAddress.parse("fe80::1");

    @Override
    public Driver settled(NetworkSpec spec, HostView host) {
        if (!spec.gateways().isEmpty()) {
            throw WiringException.wrong("the gateway of a routed network cannot be chosen: it is " + GATEWAY4 + " and "
                    + GATEWAY6 + " on each endpoint's own link");
        }
        return new RoutedDriver(Names.group(spec.name()));
    }

    @Override
    public Driver apart(Driver settled, List<Network> others) {
        if (!(settled instanceof RoutedDriver routed)) {
            return settled;
        }
        int group = routed.group();
        while (isTaken(group, others)) {
            group++;
        }
        return new RoutedDriver(group);
    }

    private static boolean isTaken(int group, List<Network> others) {
        return others.stream()
                .anyMatch(other -> other.driver() instanceof RoutedDriver routed && routed.group() == group);
    }

    @Override
    public Optional<IpAddress> usualGateway(Prefix subnet) {
        return Optional.of(subnet.family() == Family.IPV4 ? GATEWAY4 : GATEWAY6);
    }

    @Override
    public Optional<String> home(Driver settled) {
        return Optional.empty();
    }

    @Override
    public boolean crossesHost() {
        return true;
    }

    @Override
    public boolean isRouted() {
        return true;
    }

    @Override
    public boolean needsForwarding(Network network) {
        return true; // also from one endpoint to its neighbour
    }

    /** What nobody has would otherwise leave by the host's default route. */
    @Override
    public List<Step> network(Network network, HostView host) {
        return network.subnets().stream()
                .map(subnet -> nowhere(subnet.prefix()))
                .<Step>map(route -> new RouteStep.Add(Place.HOST, route))
                .toList();
    }

    @Override
    public List<Step> removal(Network network) {
        return network.subnets().stream()
                .map(subnet -> nowhere(subnet.prefix()))
                .<Step>map(route -> new RouteStep.Delete(Place.HOST, route))
                .toList();
    }

    @Override
    public void compare(Network network, HostView host, Differences differences) {
        for (Subnet subnet : network.subnets()) {
            RouteTo route = nowhere(subnet.prefix());
            if (!host.has(route)) {
                differences.found(
                        "the host has no route " + route + " for network " + network.name(),
                        new RouteStep.Add(Place.HOST, route));
            }
        }
    }

    @Override
    public void requireReady(Network network, ConnectSpec spec, HostView host, EndpointPlans connections) {
        // all that an endpoint needs is made with it
    }

    @Override
    public Optional<String> hostLink(String endpoint, Network network, HostView host) {
        return Optional.of(VethPair.freeName(endpoint, network.name(), host));
    }

    @Override
    public Prefix inside(Subnet subnet, IpAddress address) {
        return new Prefix(address, address.family().bits());
    }

    @Override
    public List<Step> link(Endpoint endpoint, Network network, HostView host) {
        List<Step> steps = new ArrayList<>();
        String link = VethPair.hostLink(endpoint);
        steps.add(VethPair.create(endpoint, network));
        steps.add(new LinkStep.Group(Place.HOST, link, group(network)));
        endpoint.addresses()
                .forEach(address -> settings(link, address.family(), host).forEach(steps::add));
        steps.add(LinkStep.up(Place.HOST, link));
        for (Prefix address : endpoint.addresses()) {
            if (address.family() == Family.IPV6) {
                steps.add(new NeighborStep.AddProxy(Place.HOST, link, GATEWAY6));
            }
            steps.add(new RouteStep.Add(Place.HOST, toEndpoint(address, link)));
        }
        return steps;
    }

    @Override
    public void compare(Network network, Endpoint endpoint, HostView host, Differences differences) {
        String link = VethPair.hostLink(endpoint);
        String who = endpoint.id();
        LinkMessage hostEnd = host.link(link).orElseThrow();
        if (hostEnd.attributes().get(LinkMessage.GROUP).orElse(0) != group(network)) {
            differences.found(
                    link + " of " + who + " is not in group " + group(network),
                    new LinkStep.Group(Place.HOST, link, group(network)));
        }
        for (Prefix address : endpoint.addresses()) {
            for (SysctlStep setting : settings(link, address.family(), host)) {
                if (!host.site().sysctl(setting.key()).orElse("").equals(setting.value())) {
                    differences.found(who + " needs " + setting.command(), setting);
                }
            }
        }
        VethPair.compare(endpoint, hostEnd, differences);
        for (Prefix address : endpoint.addresses()) {
            if (address.family() == Family.IPV6 && !host.isProxied(link, GATEWAY6)) {
                differences.found(
                        link + " of " + who + " does not answer for " + GATEWAY6,
                        new NeighborStep.AddProxy(Place.HOST, link, GATEWAY6));
            }
            RouteTo route = toEndpoint(address, link);
            if (!host.has(route)) {
                differences.found(
                        "the host has no route to " + address.address() + " of " + who,
                        new RouteStep.Add(Place.HOST, route));
            }
        }
    }

    @Override
    public Optional<RouteTo> exit(Network network, Endpoint endpoint, Family family) {
        return network.subnet(family).map(subnet -> byGateway(RouteTo.everywhere(family), endpoint));
    }

    /** To the network's other endpoints. */
    @Override
    public List<RouteTo> routes(Network network, Endpoint endpoint, HostView inside) {
        List<RouteTo> routes = new ArrayList<>();
        for (Subnet subnet : network.subnets()) {
            RouteTo neighbours = byGateway(RouteTo.prefix(subnet.prefix()), endpoint);
            if (!inside.has(neighbours)) {
                routes.add(neighbours);
            }
        }
        return routes;
    }

    @Override
    public List<Step> finish(Endpoint endpoint, Network network, HostView inside) {
        String link = endpoint.interfaceName();
        var mac = Names.mac("host", endpoint.name(), network.name());
        return endpoint.addresses().stream()
                .map(address -> gateway(address.family()))
                .filter(gateway -> !inside.hasPermanentNeighbor(link, gateway, mac))
                .<Step>map(gateway -> new NeighborStep.Add(endpoint.place(), link, gateway, mac))
                .toList();
    }

    @Override
    public Optional<String> entrance(Network network, Endpoint endpoint) {
        return endpoint.hostLink();
    }

    /** The host's end's own kernel parameters; set before it is up. */
    private static List<SysctlStep> settings(String link, Family family, HostView host) {
        List<SysctlStep> steps = new ArrayList<>();
        if (family == Family.IPV4) {
            String conf = "net/ipv4/conf/" + link;
            steps.add(new SysctlStep(Place.HOST, conf + "/forwarding", "1"));
            steps.add(new SysctlStep(Place.HOST, conf + "/proxy_arp", "1"));
            steps.add(new SysctlStep(Place.HOST, "net/ipv4/neigh/" + link + "/proxy_delay", "0")); // up to 0.8 s
            return steps;
        }
        String conf = "net/ipv6/conf/" + link;
        boolean off = host.newLinksWithoutIpv6().orElse(false);
        if (off) {
            steps.add(new SysctlStep(Place.HOST, conf + "/disable_ipv6", "0"));
        }
        steps.add(new SysctlStep(Place.HOST, conf + "/accept_dad", "0")); // its own link-local address, usable at once
        steps.add(new SysctlStep(Place.HOST, conf + "/forwarding", "1"));
        steps.add(new SysctlStep(Place.HOST, conf + "/proxy_ndp", "1"));
        steps.add(new SysctlStep(Place.HOST, "net/ipv6/neigh/" + link + "/proxy_delay", "0"));
        return steps;
    }

    private static RouteTo toEndpoint(Prefix address, String link) {
        return RouteTo.prefix(address).on(link).protocol(RouteTo.PROTOCOL_LASTHOP);
    }

    private static RouteTo nowhere(Prefix subnet) {
        return RouteTo.prefix(subnet).type(Route.Type.UNREACHABLE).protocol(RouteTo.PROTOCOL_LASTHOP);
    }

    private static RouteTo byGateway(RouteTo route, Endpoint endpoint) {
        return route.via(gateway(route.family())).on(endpoint.interfaceName()).onLink();
    }

    private static IpAddress gateway(Family family) {
        return family == Family.IPV4 ? GATEWAY4 : GATEWAY6;
    }

    private static int group(Network network) {
        return network.driver() instanceof RoutedDriver routed ? routed.group() : 0;
    }
}
