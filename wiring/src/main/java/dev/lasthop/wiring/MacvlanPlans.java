package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.LinkStep.MacvlanMode;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Interfaces with MAC addresses of their own on one of the host's. The parent itself cannot talk to them; a shim can: one more such
 * interface, on the host, with an address of its own and a host route to each endpoint.
 */
record MacvlanPlans() implements SharedLinkPlans {
    @Override
    public LinkStep.Kind kind(Driver driver) {
        return macvlan(driver).kind();
    }

    @Override
    public String kernelName() {
        return "macvlan";
    }

    @Override
    public boolean hasOwnMac(Driver driver) {
        return macvlan(driver).mode() != MacvlanMode.PASSTHRU;
    }

    @Override
    public Driver settled(NetworkSpec spec, HostView host) {
        MacvlanDriver driver = macvlan(spec.driver());
        if (!driver.shim().isEmpty() && driver.mode() != MacvlanMode.BRIDGE) {
            throw WiringException.wrong("a shim needs mode bridge: in mode " + mode(driver)
                    + " interfaces of one parent do not hear each other");
        }
        for (IpAddress address : driver.shim()) {
            if (spec.subnets().stream().noneMatch(subnet -> subnet.contains(address))) {
                throw WiringException.wrong("shim address " + address + " is in none of the subnets");
            }
            if (spec.gateways().contains(address)) {
                throw WiringException.wrong("shim address " + address + " is the gateway");
            }
        }
        return SharedLinkPlans.super.settled(spec, host);
    }

    @Override
    public List<IpAddress> reserved(Network network, HostView host) {
        return Stream.concat(
                        macvlan(network.driver()).shim().stream(),
                        SharedLinkPlans.super.reserved(network, host).stream())
                .toList();
    }

    @Override
    public List<Step> network(Network network, HostView host) {
        if (macvlan(network.driver()).shim().isEmpty()) {
            return List.of();
        }
        String name = Names.bridge(network.name());
        if (host.link(name).isPresent()) {
            throw new WiringException(
                    "there is an interface " + name + " on the host already, and it is no network's of"
                            + " Lasthop's. To be rid of it: ip link del " + name);
        }
        return shim(network);
    }

    @Override
    public void compare(Network network, HostView host, Differences differences) {
        SharedLinkPlans.super.compare(network, host, differences);
        MacvlanDriver driver = macvlan(network.driver());
        String name = Names.bridge(network.name());
        if (driver.shim().isEmpty() || host.link(driver.parent()).isEmpty()) {
            return;
        }
        Optional<LinkMessage> link = host.link(name);
        if (link.isEmpty()) {
            differences.found("shim " + name + " of network " + network.name() + " was deleted", shim(network));
            return;
        }
        if ((link.get().flags() & LinkMessage.UP) == 0) {
            differences.found("shim " + name + " is down", LinkStep.up(Place.HOST, name));
        }
        driver.shim().stream()
                .map(MacvlanPlans::single)
                .filter(address -> !host.hasAddress(name, address))
                .forEach(address ->
                        differences.found("address " + address + " is not on shim " + name, address(name, address)));
    }

    @Override
    public void requireReady(Network network, ConnectSpec spec, HostView host, EndpointPlans connections) {
        SharedLinkPlans.super.requireReady(network, spec, host, connections);
        String parent = macvlan(network.driver()).parent();
        for (Network other : connections.store().networks()) {
            boolean sameParent = other.driver().parentLink().equals(Optional.of(parent));
            if (!sameParent || !isPassthru(other) && !isPassthru(network)) {
                continue;
            }
            connections.store().endpoints(other.name()).stream()
                    .filter(connections::isAlive)
                    .findFirst()
                    .ifPresent(holder -> {
                        throw new WiringException(parent + " can have one endpoint only in mode passthru, and "
                                + holder.name() + " is on it, by network " + other.name() + "; lasthop disconnect "
                                + holder.name() + " --network " + other.name() + " makes room");
                    });
        }
    }

    @Override
    public List<Step> link(Endpoint endpoint, Network network, HostView host) {
        return Stream.concat(
                        SharedLinkPlans.super.link(endpoint, network, host).stream(),
                        routes(network, endpoint)
                                .filter(route -> !host.has(route)) // it outlives an interface that was deleted inside
                                .map(route -> new RouteStep.Add(Place.HOST, route)))
                .toList();
    }

    @Override
    public List<Step> removal(Endpoint endpoint, Network network, Places places) {
        return Stream.concat(
                        routes(network, endpoint).map(route -> new RouteStep.Delete(Place.HOST, route)),
                        SharedLinkPlans.super.removal(endpoint, network, places).stream())
                .toList();
    }

    @Override
    public void compare(Network network, Endpoint endpoint, HostView host, Differences differences) {
        routes(network, endpoint)
                .filter(route -> !host.has(route))
                .forEach(route -> differences.found(
                        "the host has no route to " + route.destination().address() + " of " + endpoint.id(),
                        new RouteStep.Add(Place.HOST, route)));
    }

    /** From the host to an endpoint, by the shim, for each family that the shim has an address of. */
    private static Stream<RouteTo> routes(Network network, Endpoint endpoint) {
        return endpoint.addresses().stream()
                .flatMap(address -> macvlan(network.driver()).shim().stream()
                        .filter(own -> own.family() == address.family())
                        .map(own -> RouteTo.prefix(single(address.address()))
                                .on(Names.bridge(network.name()))
                                .source(own)
                                .protocol(RouteTo.PROTOCOL_LASTHOP)));
    }

    private static List<Step> shim(Network network) {
        MacvlanDriver driver = macvlan(network.driver());
        String name = Names.bridge(network.name());
        List<Step> steps = new ArrayList<>();
        steps.add(new LinkStep.Create(
                Place.HOST,
                name,
                driver.kind(),
                Optional.of(Names.mac("shim", network.name(), name)),
                OptionalInt.of(network.mtu())));
        // or it would answer for the host's other addresses too, which the parent answers for already
        steps.add(new SysctlStep(Place.HOST, "net/ipv4/conf/" + name + "/arp_ignore", "1"));
        driver.shim().forEach(own -> steps.add(address(name, single(own))));
        steps.add(LinkStep.up(Place.HOST, name));
        return steps;
    }

    private static Step address(String link, Prefix address) {
        return new AddressStep.Add(Place.HOST, link, address, address.family() == Family.IPV6);
    }

    private static Prefix single(IpAddress address) {
        return new Prefix(address, address.family().bits());
    }

    private static boolean isPassthru(Network network) {
        return network.driver() instanceof MacvlanDriver macvlan && macvlan.mode() == MacvlanMode.PASSTHRU;
    }

    private static String mode(MacvlanDriver driver) {
        return driver.mode().name().toLowerCase(Locale.ROOT);
    }

    private static MacvlanDriver macvlan(Driver driver) {
        if (driver instanceof MacvlanDriver macvlan) {
            return macvlan;
        }
        throw new IllegalArgumentException("not macvlan: " + driver);
    }
}
