package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks what is asked of a network, and plans it. Changes nothing. */
record NetworkPlans(Places places, Store store) {
    private static final int LEAST_MTU = 68; // RFC 791
    private static final int LEAST_IPV6_MTU = 1280; // RFC 8200
    private static final int LARGEST_MTU = 65535;

    /** A network and how it is made. */
    record Prepared(Network network, Plan plan) {}

    Prepared prepare(NetworkSpec spec) {
        String name = Names.checked("a network", spec.name());
        if (store.network(name).isPresent()) {
            throw new WiringException(
                    "there is a network " + name + " already; lasthop network inspect " + name + " shows it");
        }
        HostView host = new HostView(places.at(Place.HOST));
        DriverPlans plans = DriverPlans.of(spec.driver());
        List<Subnet> subnets = subnets(spec, plans);
        spec.settings().find(LeaseRanges.class).ifPresent(ranges -> ranges.checked(subnets));
        spec.settings().find(AllowedNetworks.class).ifPresent(this::requireNetworks);
        spec.settings().find(SourceAddress.class).ifPresent(source -> refuseSource(spec, subnets, source, host));
        Driver driver = plans.apart(plans.settled(spec, host), store.networks());
        driver.bridge().ifPresent(this::refuseBridgeOfAnother);
        subnets.forEach(subnet -> refuseOverlap(subnet.prefix(), plans.overlap(driver, host, subnet.prefix())));
        boolean ipv6 = subnets.stream().anyMatch(subnet -> subnet.family() == Family.IPV6);
        int mtu = mtu(plans.mtu(driver, spec.mtu(), host), ipv6);
        Network network = new Network(
                name, driver, subnets, spec.internal(), mtu, spec.masquerade(), spec.settings(), true, List.of());
        if (network.settings().has(BridgePort.class) && !plans.isBridged()) {
            throw new WiringException("a network with driver " + driver.name()
                    + " has no bridge: --hairpin, --isolated and --vlan are about a bridge's ports");
        }
        Peers.of(network).all().forEach(peer -> new PeerPlans(network).check(peer, host, store));
        return new Prepared(network, plan(host, network));
    }

    private Plan plan(HostView host, Network network) {
        List<Step> steps = new ArrayList<>(network.plans().network(network, host));
        Peers.of(network).all().forEach(peer -> steps.addAll(new PeerPlans(network).add(peer)));
        if (network.plans().crossesHost()) {
            if (network.plans().needsForwarding(network)) {
                steps.addAll(forwarding(host, network));
            }
            if (!host.hasOwnTable()) { // the first network, or somebody flushed the rules
                steps.addAll(OwnTable.whole(store, host));
            }
            steps.add(OwnTable.add(network, store));
        }
        return new Plan("create network " + network.name(), steps);
    }

    /** Switches on what is off of the forwarding that a network needs. */
    static List<Step> forwarding(HostView host, Network network) {
        List<Step> steps = new ArrayList<>();
        for (Subnet subnet : network.subnets()) {
            String key = subnet.family() == Family.IPV4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
            if (!host.site().sysctl(key).orElse("").equals("1")) {
                steps.add(new SysctlStep(Place.HOST, key, "1"));
            }
        }
        return steps;
    }

    /** Who removes one of them would take from the other what lets it through. */
    private void refuseBridgeOfAnother(String bridge) {
        store.networks().stream()
                .filter(other -> other.bridge().equals(Optional.of(bridge)))
                .findFirst()
                .ifPresent(other -> {
                    throw new WiringException("bridge " + bridge + " is network " + other.name()
                            + "'s already; name another with --bridge, or connect to " + other.name());
                });
    }

    private void requireNetworks(AllowedNetworks allowed) {
        allowed.names().forEach(store::requireNetwork);
    }

    private static void refuseSource(NetworkSpec spec, List<Subnet> subnets, SourceAddress source, HostView host) {
        if (spec.internal() || !spec.masquerade()) {
            throw WiringException.wrong("network " + spec.name() + " cannot have a source address to leave with: "
                    + (spec.internal() ? "it is internal, nothing leaves it" : "packets are to leave with their own"));
        }
        for (IpAddress address : source.addresses()) {
            if (subnets.stream().noneMatch(subnet -> subnet.family() == address.family())) {
                throw WiringException.wrong("source address " + address + " is of no use: network " + spec.name()
                        + " has no " + address.family() + " subnet");
            }
            if (address.isLoopback() || address.isLinkLocal()) {
                throw WiringException.wrong("source address " + address
                        + " goes no further than one machine or one link: no answer would come back to it");
            }
            if (!host.hasAddress(address)) {
                throw new WiringException("source address " + address
                        + " is not the host's: no answer would come back to it. ip addr add puts it on an interface");
            }
        }
    }

    private void refuseOverlap(Prefix prefix, Optional<String> ofHost) {
        for (Network other : store.networks()) {
            for (Subnet subnet : other.subnets()) {
                if (subnet.prefix().overlaps(prefix)) {
                    throw new WiringException("subnet " + prefix + " overlaps with " + subnet.prefix() + " of network "
                            + other.name() + "; choose another");
                }
            }
        }
        ofHost.ifPresent(what -> {
            throw new WiringException("subnet " + prefix + " overlaps with " + what
                    + " of the host: what is there could not be reached any more. Choose another");
        });
    }

    private static List<Subnet> subnets(NetworkSpec spec, DriverPlans plans) {
        if (spec.subnets().isEmpty() && plans.needsSubnet()) {
            throw WiringException.wrong("network " + spec.name() + " needs a subnet: --subnet 10.88.0.0/16");
        }
        List<Subnet> subnets = new ArrayList<>();
        for (Prefix prefix : spec.subnets()) {
            if (subnets.stream().anyMatch(subnet -> subnet.family() == prefix.family())) {
                throw WiringException.wrong("a network has one subnet of each family; two are " + prefix.family());
            }
            subnets.add(subnet(spec, usable(prefix), plans));
        }
        for (IpAddress gateway : spec.gateways()) {
            if (subnets.stream().noneMatch(subnet -> subnet.gateway().equals(Optional.of(gateway)))) {
                throw WiringException.wrong("gateway " + gateway + " is in none of the subnets");
            }
        }
        return subnets;
    }

    private static Prefix usable(Prefix prefix) {
        int most = prefix.family() == Family.IPV4 ? 30 : 126;
        if (!prefix.network().equals(prefix)) {
            throw WiringException.wrong(prefix + " is an address within a subnet; the subnet is " + prefix.network());
        }
        if (prefix.length() > most || prefix.length() == 0) {
            throw WiringException.wrong(
                    "subnet " + prefix + " has no room for a gateway and an endpoint: its length must be 1 to " + most);
        }
        if (prefix.first().isMulticast()
                || prefix.first().isMapped()
                || prefix.first().isLoopback()
                || prefix.first().isLinkLocal()) {
            throw WiringException.wrong(
                    "subnet " + prefix + " is not for networks of this kind; take one from 10.0.0.0/8, "
                            + "172.16.0.0/12, 192.168.0.0/16 or fd00::/8");
        }
        return prefix;
    }

    private static Subnet subnet(NetworkSpec spec, Prefix prefix, DriverPlans plans) {
        for (IpAddress gateway : spec.gateways()) {
            if (prefix.contains(gateway)) {
                boolean end = gateway.equals(prefix.first())
                        || prefix.family() == Family.IPV4 && gateway.equals(prefix.last());
                if (end) {
                    throw WiringException.wrong(
                            "gateway " + gateway + " is the network's or the broadcast address of " + prefix);
                }
                return new Subnet(prefix, Optional.of(gateway));
            }
        }
        return new Subnet(prefix, plans.usualGateway(prefix));
    }

    private static int mtu(int mtu, boolean ipv6) {
        int least = ipv6 ? LEAST_IPV6_MTU : LEAST_MTU;
        if (mtu != 0 && (mtu < least || mtu > LARGEST_MTU)) { // 0: as the interface has it
            throw WiringException.wrong("an MTU of " + mtu + " bytes does not work: it must be " + least + " to "
                    + LARGEST_MTU + (ipv6 ? " (IPv6 needs 1280)" : ""));
        }
        return mtu;
    }
}
