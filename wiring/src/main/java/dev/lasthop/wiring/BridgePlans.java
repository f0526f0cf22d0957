package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A bridge on the host, and a veth pair to it for each endpoint. */
record BridgePlans() implements DriverPlans {
    private static final int USUAL_MTU = 1500; // of a new bridge

    @Override
    public Driver settled(NetworkSpec spec, HostView host) {
        Optional<String> asked = spec.driver().bridge();
        String name = Names.checkedInterface(asked.orElse(Names.bridge(spec.name())));
        Optional<LinkMessage> existing = host.link(name);
        if (existing.isPresent() && !existing.get().kind().equals("bridge")) {
            throw new WiringException("interface " + name + " on the host is no bridge but "
                    + (existing.get().kind().isEmpty()
                            ? "a device"
                            : "a " + existing.get().kind())
                    + "; name another with --bridge");
        }
        if (existing.isPresent() && asked.isEmpty()) {
            throw new WiringException(
                    "there is a bridge " + name + " on the host already, and no network of Lasthop's has it."
                            + " To use it as it is: --bridge " + name + "; to be rid of it: ip link del " + name);
        }
        return BridgeDriver.named(name);
    }

    /** That of a bridge which is there already: a port with a smaller one would make the kernel lower the bridge's. */
    @Override
    public int mtu(Driver settled, OptionalInt asked, HostView host) {
        Optional<Integer> existing = settled.bridge()
                .flatMap(host::link)
                .flatMap(link -> link.attributes().get(LinkMessage.MTU));
        if (existing.isPresent() && asked.orElse(existing.get()) != existing.get()) {
            throw new WiringException("an MTU of " + asked.getAsInt() + " bytes cannot be had: bridge "
                    + settled.bridge().orElseThrow() + " has " + existing.get() + " and keeps it; leave out --mtu");
        }
        return existing.orElseGet(() -> asked.orElseGet(host::uplinkMtu));
    }

    @Override
    public Optional<IpAddress> usualGateway(Prefix subnet) {
        return Optional.of(subnet.first().plus(1));
    }

    @Override
    public Optional<String> home(Driver settled) {
        return settled.bridge();
    }

    @Override
    public boolean crossesHost() {
        return true;
    }

    @Override
    public boolean isBridged() {
        return true;
    }

    @Override
    public List<Step> network(Network network, HostView host) {
        String bridge = name(network);
        List<Step> steps = new ArrayList<>();
        if (host.link(bridge).isEmpty()) {
            steps.addAll(create(network, host));
        }
        boolean ipv6 = network.subnet(Family.IPV6).isPresent();
        if (ipv6 && host.newLinksWithoutIpv6().orElse(false)) {
            steps.add(new SysctlStep(Place.HOST, "net/ipv6/conf/" + bridge + "/disable_ipv6", "0"));
        }
        gateways(network).stream()
                .filter(gateway -> !host.hasAddress(bridge, gateway))
                .forEach(gateway -> steps.add(address(bridge, gateway)));
        steps.add(LinkStep.up(Place.HOST, bridge));
        return steps;
    }

    @Override
    public void compare(Network network, HostView host, Differences differences) {
        String name = name(network);
        Optional<LinkMessage> link = host.link(name);
        if (link.isEmpty()) {
            if (!isOwn(network)) {
                differences.found(
                        "bridge " + name + " of network " + network.name() + " is gone, and is not Lasthop's to make");
                return;
            }
            List<Step> steps = new ArrayList<>(create(network, host));
            gateways(network).forEach(gateway -> steps.add(address(name, gateway)));
            steps.add(LinkStep.up(Place.HOST, name));
            differences.found("bridge " + name + " of network " + network.name() + " was deleted", steps);
            return;
        }
        for (Prefix gateway : gateways(network)) {
            if (!host.hasAddress(name, gateway)) {
                differences.found(
                        "gateway " + gateway.address() + " of network " + network.name() + " is not on " + name,
                        address(name, gateway));
            }
        }
        if ((link.get().flags() & LinkMessage.UP) == 0) {
            differences.found("bridge " + name + " is down", LinkStep.up(Place.HOST, name));
        }
    }

    @Override
    public void requireReady(Network network, ConnectSpec spec, HostView host, EndpointPlans connections) {
        Optional<LinkMessage> bridge = host.link(name(network));
        if (bridge.isEmpty() || !bridge.get().kind().equals("bridge")) {
            throw new WiringException("could not find bridge " + name(network) + " of network " + network.name()
                    + ": somebody deleted it. lasthop network rm " + network.name()
                    + " and lasthop network create make it again");
        }
    }

    @Override
    public Optional<String> hostLink(String endpoint, Network network, HostView host) {
        return Optional.of(VethPair.freeName(endpoint, network.name(), host));
    }

    @Override
    public List<Step> link(Endpoint endpoint, Network network, HostView host) {
        String hostLink = VethPair.hostLink(endpoint);
        List<Step> steps = new ArrayList<>();
        steps.add(VethPair.create(endpoint, network));
        if (host.newLinksWithoutIpv6().equals(Optional.of(false))) {
            // A port of a bridge has no use for addresses of its own, and each would cost routes that the kernel walks
            // at every change.
            steps.add(new SysctlStep(Place.HOST, "net/ipv6/conf/" + hostLink + "/disable_ipv6", "1"));
        }
        steps.add(new LinkStep.Master(Place.HOST, hostLink, network.bridge()));
        steps.addAll(new PortTreatment(network, host).of(endpoint));
        steps.add(LinkStep.up(Place.HOST, hostLink));
        return steps;
    }

    @Override
    public void compare(Network network, Endpoint endpoint, HostView host, Differences differences) {
        String hostLink = VethPair.hostLink(endpoint);
        String bridge = name(network);
        int master = host.link(bridge).map(link -> link.index().value()).orElse(-1);
        LinkMessage link = host.link(hostLink).orElseThrow();
        if (link.attributes().get(LinkMessage.MASTER).orElse(0) != master) {
            differences.found(
                    hostLink + " of " + endpoint.id() + " is not on bridge " + bridge,
                    new LinkStep.Master(Place.HOST, hostLink, Optional.of(bridge)));
        }
        VethPair.compare(endpoint, link, differences);
        new PortTreatment(network, host).compare(endpoint, link, differences);
    }

    /** The gateway is in no VLAN but its own. */
    @Override
    public Optional<RouteTo> exit(Network network, Endpoint endpoint, Family family) {
        return BridgePort.of(endpoint.settings()).vlan().isPresent()
                ? Optional.empty()
                : DriverPlans.super.exit(network, endpoint, family);
    }

    @Override
    public Optional<String> entrance(Network network, Endpoint endpoint) {
        return network.bridge();
    }

    /** Whether removing the network removes the bridge: it was made for it. */
    static boolean isOwn(Network network) {
        return network.undo().stream()
                .anyMatch(step -> step instanceof LinkStep.Delete delete
                        && network.bridge().equals(Optional.of(delete.name())));
    }

    /** Makes the bridge, down and without addresses. */
    private static List<Step> create(Network network, HostView host) {
        String name = name(network);
        List<Step> steps = new ArrayList<>();
        steps.add(new LinkStep.Create(
                Place.HOST,
                name,
                new LinkStep.Bridge(),
                Optional.of(Names.mac("bridge", network.name(), name)),
                OptionalInt.empty()));
        if (network.mtu() != USUAL_MTU) {
            // set by itself: the kernel forgets an MTU given at creation when the last port goes
            steps.add(new LinkStep.Mtu(Place.HOST, name, network.mtu()));
        }
        if (network.subnet(Family.IPV6).isPresent()
                && host.newLinksWithoutIpv6().isPresent()) {
            // its own link-local address is asked for endpoints with: usable at once, not after a second or two
            steps.add(new SysctlStep(Place.HOST, "net/ipv6/conf/" + name + "/accept_dad", "0"));
        }
        return steps;
    }

    private static List<Prefix> gateways(Network network) {
        return network.subnets().stream()
                .flatMap(subnet -> subnet.gatewayPrefix().stream())
                .toList();
    }

    private static Step address(String bridge, Prefix address) {
        return new AddressStep.Add(Place.HOST, bridge, address, address.family() == Family.IPV6);
    }

    private static String name(Network network) {
        return network.bridge().orElseThrow();
    }
}
