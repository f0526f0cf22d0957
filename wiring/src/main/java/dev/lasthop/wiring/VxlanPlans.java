package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.KernelFiles;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.Encapsulation;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A bridge for this node's endpoints, and a VXLAN interface by which the host routes to the other nodes' subnets ({@link PeerPlans}). The
 * interface has the first address of each of this node's subnets, as a single one: that is what the others route by, and the source of what
 * the node itself sends.
 */
record VxlanPlans() implements DriverPlans {
    private static final BridgePlans BRIDGE = new BridgePlans();
    private static final int OVERHEAD_IPV4 = 20 + 8 + 8 + 14; // IPv4, UDP, VXLAN, the inner Ethernet header
    private static final int OVERHEAD_IPV6 = 40 + 8 + 8 + 14;

    @Override
    public Driver settled(NetworkSpec spec, HostView host) {
        VxlanDriver asked = (VxlanDriver) spec.driver();
        List<Peer> peers = spec.settings().find(Peers.class).orElse(Peers.NONE).all();
        String tunnel = Names.checkedInterface(asked.tunnel().orElse(Names.tunnel(spec.name())));
        host.link(tunnel).ifPresent(link -> {
            throw new WiringException("there is an interface " + tunnel + " on the host already, and no network of"
                    + " Lasthop's has it. To be rid of it: ip link del " + tunnel);
        });
        refuseSecond(asked, host);
        return new VxlanDriver(
                BRIDGE.settled(spec, host).bridge(),
                Optional.of(tunnel),
                Optional.of(Names.checked("a node", asked.node().orElseGet(VxlanPlans::hostName))),
                asked.vni(),
                asked.port(),
                Optional.of(local(asked, peers, host)),
                asked.checksum());
    }

    @Override
    public int mtu(Driver settled, OptionalInt asked, HostView host) {
        IpAddress local = ((VxlanDriver) settled).localAddress();
        int underlay = host.owner(local)
                .flatMap(link -> link.attributes().get(LinkMessage.MTU))
                .orElseGet(host::uplinkMtu);
        int overhead = local.family() == Family.IPV4 ? OVERHEAD_IPV4 : OVERHEAD_IPV6;
        int most = underlay - overhead;
        if (asked.orElse(most) > most) {
            throw new WiringException(
                    "an MTU of " + asked.getAsInt() + " bytes does not fit into the underlay: that takes " + underlay
                            + ", and the tunnel needs " + overhead + " of them; " + most + " are left");
        }
        return asked.orElse(most);
    }

    @Override
    public Optional<IpAddress> usualGateway(Prefix subnet) {
        return BRIDGE.usualGateway(subnet);
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
    public boolean needsForwarding(Network network) {
        return true; // also from this node's endpoints to the others'
    }

    @Override
    public boolean isBridged() {
        return true;
    }

    @Override
    public List<Step> network(Network network, HostView host) {
        List<Step> steps = new ArrayList<>(BRIDGE.network(network, host));
        steps.addAll(tunnel(network, host));
        return steps;
    }

    @Override
    public void compare(Network network, HostView host, Differences differences) {
        BRIDGE.compare(network, host, differences);
        String name = driver(network).tunnelName();
        Optional<LinkMessage> link = host.link(name);
        if (link.isEmpty()) {
            List<Step> steps = new ArrayList<>(tunnel(network, host));
            Peers.of(network).all().forEach(peer -> steps.addAll(new PeerPlans(network).add(peer)));
            differences.found("tunnel " + name + " of network " + network.name() + " was deleted", steps);
            return;
        }
        ends(network)
                .filter(end -> !host.hasAddress(name, end))
                .forEach(end -> differences.found(
                        "address " + end + " of network " + network.name() + " is not on " + name, address(name, end)));
        if ((link.get().flags() & LinkMessage.UP) == 0) {
            differences.found("tunnel " + name + " is down", LinkStep.up(Place.HOST, name));
        }
        int mtu = link.get().attributes().get(LinkMessage.MTU).orElse(0);
        if (mtu != network.mtu()) {
            differences.found(
                    "tunnel " + name + " has an MTU of " + mtu + " bytes, not " + network.mtu(),
                    new LinkStep.Mtu(Place.HOST, name, network.mtu()));
        }
    }

    @Override
    public void requireReady(Network network, ConnectSpec spec, HostView host, EndpointPlans connections) {
        BRIDGE.requireReady(network, spec, host, connections);
    }

    @Override
    public Optional<String> hostLink(String endpoint, Network network, HostView host) {
        return BRIDGE.hostLink(endpoint, network, host);
    }

    @Override
    public List<Step> link(Endpoint endpoint, Network network, HostView host) {
        return BRIDGE.link(endpoint, network, host);
    }

    @Override
    public void compare(Network network, Endpoint endpoint, HostView host, Differences differences) {
        BRIDGE.compare(network, endpoint, host, differences);
    }

    @Override
    public Optional<RouteTo> exit(Network network, Endpoint endpoint, Family family) {
        return BRIDGE.exit(network, endpoint, family);
    }

    @Override
    public Optional<String> entrance(Network network, Endpoint endpoint) {
        return BRIDGE.entrance(network, endpoint);
    }

    private static List<Step> tunnel(Network network, HostView host) {
        VxlanDriver driver = driver(network);
        String name = driver.tunnelName();
        List<Step> steps = new ArrayList<>();
        steps.add(new LinkStep.Create(
                Place.HOST,
                name,
                new LinkStep.Vxlan(
                        driver.vni(),
                        driver.local(),
                        Optional.empty(),
                        driver.port(),
                        Optional.empty(),
                        false,
                        driver.checksum().apply(Encapsulation.USUAL)),
                Optional.of(driver.mac(driver.nodeName())),
                OptionalInt.of(network.mtu())));
        boolean ipv6 = network.subnet(Family.IPV6).isPresent();
        if (ipv6 && host.newLinksWithoutIpv6().orElse(false)) {
            steps.add(new SysctlStep(Place.HOST, "net/ipv6/conf/" + name + "/disable_ipv6", "0"));
        }
        ends(network).forEach(end -> steps.add(address(name, end)));
        steps.add(LinkStep.up(Place.HOST, name));
        return steps;
    }

    private static Stream<Prefix> ends(Network network) {
        return network.subnets().stream()
                .map(subnet -> Prefix.of(subnet.prefix().first()));
    }

    private static Step address(String tunnel, Prefix end) {
        return new AddressStep.Add(Place.HOST, tunnel, end, end.family() == Family.IPV6);
    }

    private static VxlanDriver driver(Network network) {
        return (VxlanDriver) network.driver();
    }

    /** The kernel has one interface for a number and a port, whoever made it. */
    private static void refuseSecond(VxlanDriver asked, HostView host) {
        for (LinkMessage link : host.site().route().links()) {
            boolean same = link.kind().equals("vxlan")
                    && link.data().get(LinkKinds.Vxlan.ID).orElse(0) == asked.vni()
                    && link.data().get(LinkKinds.Vxlan.PORT).orElse(0) == asked.port();
            if (same) {
                throw new WiringException("VXLAN " + asked.vni() + " at UDP port " + asked.port()
                        + " is taken on this host by interface " + link.name() + "; choose another --vni");
            }
        }
    }

    private static IpAddress local(VxlanDriver asked, List<Peer> peers, HostView host) {
        if (asked.local().isPresent()) {
            IpAddress address = asked.local().get();
            if (host.owner(address).isEmpty()) {
                throw new WiringException(
                        "the tunnel cannot start at " + address + ": no interface of this host has it");
            }
            return address;
        }
        if (!peers.isEmpty()) {
            IpAddress first = peers.getFirst().addresses().getFirst();
            return host.sourceTo(first)
                    .orElseThrow(() -> new WiringException(
                            "there is no route to peer " + peers.getFirst().node() + " at " + first
                                    + ": where the tunnel starts must be said, --underlay ADDRESS"));
        }
        return host.uplinkAddress()
                .orElseThrow(() -> new WiringException(
                        "this host has no default route: where the tunnel starts must be said, --underlay ADDRESS"));
    }

    private static String hostName() {
        try (var files = new KernelFiles()) {
            return files.setting("/proc/sys/kernel/hostname").orElse("");
        }
    }
}
