package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks what is asked of a connection, and plans it. Changes nothing. */
record EndpointPlans(Places places, Store store) {
    /** An endpoint and how it is connected. */
    record Prepared(Endpoint endpoint, List<PublishedPort> ports, Plan plan) {}

    Prepared prepare(ConnectSpec spec) {
        Network network = store.requireNetwork(spec.network());
        String name = Names.checked("an endpoint", spec.endpoint());
        HostView host = new HostView(places.at(Place.HOST));
        Site site = open(spec.place());
        refuseTwice(spec, name, site, host);
        if (spec.hostLink().isPresent() && !(network.driver() instanceof AttachDriver)) {
            throw WiringException.wrong(
                    "network " + network.name() + " makes its endpoints' interfaces itself: leave out"
                            + " --link, or use a network of driver attach");
        }
        network.plans().requireReady(network, spec, host, this);
        HostView inside = new HostView(site);
        String link = interfaceName(spec, inside);
        Endpoint endpoint = new Endpoint(
                name,
                network.name(),
                spec.place(),
                site.namespace().inode(),
                site.namespace().identity(),
                link,
                network.plans().hostLink(name, network, host),
                mac(spec, name, network, host),
                addresses(spec, network, host),
                settings(spec, network, host, inside, link),
                false,
                List.of());
        new Tuning(network).check(endpoint);
        new Ports(places, store).refuseTaken(host, endpoint, spec.ports());
        return new Prepared(endpoint, spec.ports(), plan(endpoint, spec.ports(), network, host, inside));
    }

    Plan plan(Endpoint endpoint, List<PublishedPort> ports, Network network, HostView host, HostView inside) {
        Place place = endpoint.place();
        String link = endpoint.interfaceName();
        List<Step> steps = new ArrayList<>(network.plans().link(endpoint, network, host));
        boolean loopbackDown = inside.link("lo")
                .filter(lo -> (lo.flags() & LinkMessage.UP) == 0)
                .isPresent();
        if (loopbackDown) {
            steps.add(LinkStep.up(place, "lo"));
        }
        boolean ipv6 = endpoint.address(Family.IPV6).isPresent();
        if (ipv6 && inside.newLinksWithoutIpv6().orElse(false)) {
            steps.add(new SysctlStep(place, "net/ipv6/conf/" + link + "/disable_ipv6", "0"));
        }
        endpoint.addresses()
                .forEach(address ->
                        steps.add(new AddressStep.Add(place, link, address, address.family() == Family.IPV6)));
        steps.add(LinkStep.up(place, link));
        network.plans().routes(network, endpoint, inside).forEach(route -> steps.add(new RouteStep.Add(place, route)));
        steps.addAll(network.plans().finish(endpoint, network, inside));
        steps.addAll(new Exits(places, store).joining(endpoint, network, inside));
        steps.addAll(new Tuning(network).steps(Tuning.plain(endpoint), endpoint));
        if (network.plans().crossesHost()
                && !host.hasOwnTable()) { // somebody flushed the rules: nothing of this would get out
            steps.addAll(OwnTable.whole(store, host));
        }
        steps.addAll(OwnTable.add(endpoint, network, store));
        if (!ports.isEmpty()) {
            steps.addAll(new Ports(places, store).steps(host, network, endpoint, ports));
        }
        return new Plan("connect " + place.label() + " to " + network.name(), steps);
    }

    private Site open(Place place) {
        try {
            return places.at(place);
        } catch (KernelException e) {
            throw new WiringException(
                    "cannot connect " + place.label() + ": " + e.reason() + " (" + e.errno() + ")", e);
        }
    }

    private void refuseTwice(ConnectSpec spec, String name, Site site, HostView host) {
        if (site.namespace().inode() == host.site().namespace().inode()) {
            throw new WiringException(spec.place().label()
                    + " is the host itself, which is on each of its networks already by their bridges' addresses");
        }
        List<Endpoint> others = Stream.concat(
                        store.endpointsIn(site.namespace().inode()).stream()
                                .filter(other ->
                                        other.network().equals(spec.network()) && other.isIn(site.namespace())),
                        store.endpoint(name, spec.network()).stream())
                .toList();
        for (Endpoint other : others) {
            if (isAlive(other)) {
                throw new WiringException(
                        other.isIn(site.namespace())
                                ? spec.place().label() + " is connected to " + spec.network() + " already, as "
                                        + other.name()
                                        + " by interface " + other.interfaceName() + "; lasthop disconnect "
                                        + other.name()
                                        + " --network " + spec.network() + " takes it off"
                                : "there is an endpoint " + name + " on " + spec.network() + " already: "
                                        + other.place().label() + "; give this one another name");
            }
        }
    }

    /** Whether the namespace is still there under its name. */
    boolean isAlive(Endpoint endpoint) {
        try {
            return endpoint.isIn(places.at(endpoint.place()).namespace());
        } catch (KernelException | IllegalArgumentException e) {
            return false;
        }
    }

    private static String interfaceName(ConnectSpec spec, HostView inside) {
        if (spec.interfaceName().isPresent()) {
            String wanted = Names.checkedInterface(spec.interfaceName().get());
            if (inside.link(wanted).isPresent()) {
                throw new WiringException("there is an interface " + wanted + " in "
                        + spec.place().label()
                        + " already; choose another with --interface, or leave the choice to Lasthop");
            }
            return wanted;
        }
        int number = 0;
        while (inside.link("eth" + number).isPresent()) {
            number++;
        }
        return "eth" + number;
    }

    /** What was asked for, and what the driver has to remember. */
    private Settings settings(ConnectSpec spec, Network network, HostView host, HostView inside, String link) {
        Settings settings = new Exits(places, store)
                .claim(spec.settings(), inside.site().namespace().inode());
        BridgePort port = BridgePort.of(settings).or(BridgePort.of(network.settings()));
        if (!port.equals(BridgePort.PLAIN)) {
            if (!network.plans().isBridged()) {
                throw new WiringException("network " + network.name() + " (" + network.driver()
                        + ") has no bridge: --hairpin, --isolated and --vlan are about a bridge's port");
            }
            settings = settings.with(port);
        }
        for (Setting remembered : network.plans().remembered(spec, host).all()) {
            settings = settings.with(remembered);
        }
        Optional<KernelParameters> parameters = settings.find(KernelParameters.class);
        return parameters.isPresent() ? settings.with(parameters.get().on(link)) : settings;
    }

    private static MacAddress mac(ConnectSpec spec, String name, Network network, HostView host) {
        return checked(spec.mac()
                .or(() -> network.plans().givenMac(spec, network, host))
                .orElseGet(() -> Names.mac("endpoint", name, spec.network())));
    }

    static MacAddress checked(MacAddress mac) {
        if (mac.isMulticast() || mac.equals(MacAddress.ZERO)) {
            throw WiringException.wrong(mac + " is no MAC address for an interface: it stands for many, or for none");
        }
        return mac;
    }

    private List<Prefix> addresses(ConnectSpec spec, Network network, HostView host) {
        refuseDoubles(spec.addresses(), network);
        Leases leases = store.leases(network);
        List<Prefix> addresses = new ArrayList<>();
        for (Subnet subnet : network.subnets()) {
            IpAddress address = spec.addresses().stream()
                    .filter(wanted -> wanted.family() == subnet.family())
                    .findFirst()
                    .map(wanted -> checked(wanted, subnet, network, host))
                    .orElseGet(() -> leases.choose(subnet, network.plans().reserved(network, host)));
            addresses.add(network.plans().inside(subnet, address));
        }
        network.plans().givenAddresses(spec, host).stream()
                .filter(given -> network.subnet(given.family()).isEmpty())
                .forEach(addresses::add);
        return addresses;
    }

    void refuseDoubles(List<IpAddress> addresses, Network network) {
        for (IpAddress wanted : addresses) {
            if (network.subnet(wanted.family()).isEmpty()) {
                throw WiringException.wrong("address " + wanted + " cannot be had: network " + network.name()
                        + " has no " + wanted.family() + " subnet");
            }
            long same = addresses.stream()
                    .filter(other -> other.family() == wanted.family())
                    .count();
            if (same > 1) {
                throw WiringException.wrong(
                        "an endpoint has one " + wanted.family() + " address on a network, not " + same);
            }
        }
    }

    /** An address that somebody wants on a network, as it stands on the interface. */
    Prefix own(IpAddress wanted, Network network, HostView host) {
        Subnet subnet = network.subnet(wanted.family()).orElseThrow();
        return network.plans().inside(subnet, checked(wanted, subnet, network, host));
    }

    private IpAddress checked(IpAddress wanted, Subnet subnet, Network network, HostView host) {
        Prefix prefix = subnet.prefix();
        Optional<String> home = network.plans().home(network.driver());
        Optional<MacAddress> neighbor = home.flatMap(link -> host.neighbor(link, wanted));
        String reason = "";
        if (!prefix.contains(wanted)) {
            reason = "it is not in " + prefix;
        } else if (subnet.gateway().equals(Optional.of(wanted))) {
            reason = "it is the network's gateway";
        } else if (wanted.equals(prefix.first())) {
            reason = "it is the network's own address";
        } else if (subnet.family() == Family.IPV4 && wanted.equals(prefix.last())) {
            reason = "it is the network's broadcast address";
        } else if (store.holder(network.name(), wanted).isPresent()) {
            reason = store.holder(network.name(), wanted).get().name() + " has it";
        } else if (network.plans().reserved(network, host).contains(wanted)) {
            reason = "the host itself has it";
        } else if (neighbor.isPresent()) {
            reason = "somebody that Lasthop did not connect answers for it on " + home.orElse("the host") + ": "
                    + neighbor.get();
        }
        if (!reason.isEmpty()) {
            throw new WiringException(
                    "address " + wanted + " cannot be had on network " + network.name() + ": " + reason);
        }
        return wanted;
    }
}
