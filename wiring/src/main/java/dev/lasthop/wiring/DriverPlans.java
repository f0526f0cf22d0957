package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a driver does, from the first check to the last removal. What all drivers share is done around it: names, leases, addresses and
 * routes inside, forwarding, Lasthop's own table. Nothing here changes anything; all of it throws {@link WiringException} for what cannot
 * be had.
 */
sealed interface DriverPlans permits AttachPlans, BridgePlans, RoutedPlans, SharedLinkPlans, VxlanPlans {
    static DriverPlans of(Driver driver) {
        return switch (driver) {
            case BridgeDriver bridge -> new BridgePlans();
            case RoutedDriver routed -> new RoutedPlans();
            case MacvlanDriver macvlan -> new MacvlanPlans();
            case IpvlanDriver ipvlan -> new IpvlanPlans();
            case AttachDriver attach -> new AttachPlans();
            case VxlanDriver vxlan -> new VxlanPlans();
        };
    }

    // A network

    /** The driver with what was left open decided; refuses what this host cannot have. */
    Driver settled(NetworkSpec spec, HostView host);

    /** The same, told apart from networks that there are already. */
    default Driver apart(Driver settled, List<Network> others) {
        return settled;
    }

    /** Whether there must be a subnet to take addresses from. */
    default boolean needsSubnet() {
        return true;
    }

    /** The MTU in bytes, 0 for whatever the interface has; refuses one that does not fit. */
    default int mtu(Driver settled, OptionalInt asked, HostView host) {
        return asked.orElseGet(host::uplinkMtu);
    }

    /** What endpoints send everything else to, where nobody said it. */
    Optional<IpAddress> usualGateway(Prefix subnet);

    /** The interface of the host that may have addresses and routes of the network's subnets: that is no overlap. */
    Optional<String> home(Driver settled);

    /** What of the host a subnet overlaps with. */
    default Optional<String> overlap(Driver settled, HostView host, Prefix subnet) {
        return host.overlap(subnet, home(settled));
    }

    /** Addresses of the subnets that the host itself has on the network, besides the gateway. */
    default List<IpAddress> reserved(Network network, HostView host) {
        return List.of();
    }

    /** Whether what endpoints send and get passes the host's own routing, and so needs forwarding and Lasthop's table. */
    boolean crossesHost();

    /** Whether the host must be a router for the network's endpoints to reach whom they may. */
    default boolean needsForwarding(Network network) {
        return crossesHost() && !network.internal();
    }

    /** Makes the network's part on the host. */
    List<Step> network(Network network, HostView host);

    /** Takes away what {@link #network} made, besides the interfaces and addresses that the record itself undoes. */
    default List<Step> removal(Network network) {
        return List.of();
    }

    /** Finds what of the network's part on the host is not as {@link #network} made it. */
    void compare(Network network, HostView host, Differences differences);

    // An endpoint

    /** Refuses to connect to a network whose part on the host is not there, or that is full. */
    void requireReady(Network network, ConnectSpec spec, HostView host, EndpointPlans connections);

    /** A free name for the host's end, where there is one. */
    Optional<String> hostLink(String endpoint, Network network, HostView host);

    /** What is to be remembered of a connection so that it can be taken back, besides what every endpoint's record has. */
    default Settings remembered(ConnectSpec spec, HostView host) {
        return Settings.NONE;
    }

    /** The MAC address of an interface that is there already; empty where one is made. */
    default Optional<MacAddress> givenMac(ConnectSpec spec, Network network, HostView host) {
        return Optional.empty();
    }

    /** The addresses of an interface that is there already, for a family that the network has no subnet of. */
    default List<Prefix> givenAddresses(ConnectSpec spec, HostView host) {
        return List.of();
    }

    /** An address as it stands on the endpoint's interface. */
    default Prefix inside(Subnet subnet, IpAddress address) {
        return subnet.with(address);
    }

    /** Brings the endpoint's interface to its place, down and without addresses, and does the host's part of it. */
    List<Step> link(Endpoint endpoint, Network network, HostView host);

    /** What is left to do when the endpoint's interface is up and has its addresses, as far as it is not done. */
    default List<Step> finish(Endpoint endpoint, Network network, HostView inside) {
        return List.of();
    }

    /**
     * The route by which an endpoint sends what it has no nearer route for; empty where the network has no router for that family. Whether it
     * is the namespace's is decided by {@link Exits}.
     */
    default Optional<RouteTo> exit(Network network, Endpoint endpoint, Family family) {
        return network.subnet(family)
                .flatMap(Subnet::gateway)
                .map(gateway -> RouteTo.everywhere(family).via(gateway).on(endpoint.interfaceName()));
    }

    /** The routes that an endpoint needs besides those that its addresses bring, and which are not there yet. */
    default List<RouteTo> routes(Network network, Endpoint endpoint, HostView inside) {
        return List.of();
    }

    /**
     * Takes the endpoint's interface and the host's part of it away. From the record alone, since a killed process may have made any part
     * of it; harmless where there is nothing.
     */
    default List<Step> removal(Endpoint endpoint, Network network, Places places) {
        return endpoint.hostLink().<Step>map(link -> new LinkStep.Delete(Place.HOST, link)).stream()
                .toList();
    }

    /** Finds what of the host's part of an endpoint is not as {@link #link} made it; its interfaces are there. */
    void compare(Network network, Endpoint endpoint, HostView host, Differences differences);

    /** Whether an endpoint's interface that somebody deleted can be made again. */
    default boolean canRemake(Endpoint endpoint, HostView host) {
        return true;
    }

    /** The interface of the host that an endpoint's packets come in by. */
    Optional<String> entrance(Network network, Endpoint endpoint);

    /** Whether packets come in and go out by the endpoint's own interface on the host, and not by one of the network's. */
    default boolean isRouted() {
        return false;
    }

    /** Whether the host's end is a bridge's port, which must be told to send packets back where they came from. */
    default boolean isBridged() {
        return false;
    }
}
