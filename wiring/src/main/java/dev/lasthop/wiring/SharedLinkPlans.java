package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What macvlan and ipvlan have in common: each endpoint's interface shares one of the host's, and its packets pass by the host's routing and
 * filter. The network's gateway is a router outside.
 */
sealed interface SharedLinkPlans extends DriverPlans permits IpvlanPlans, MacvlanPlans {
    /** The kind of interface that an endpoint gets. */
    LinkStep.Kind kind(Driver driver);

    /** As the kernel calls the kind. */
    String kernelName();

    /** Whether an endpoint's interface has a MAC address of its own, and not its parent's. */
    boolean hasOwnMac(Driver driver);

    @Override
    default Driver settled(NetworkSpec spec, HostView host) {
        requireKernel(host);
        String parent = parent(spec.driver());
        requireParent(spec.name(), parent, host);
        if (spec.internal()) {
            throw WiringException.wrong(
                    "network " + spec.name() + " cannot be internal: its endpoints are on the network of " + parent
                            + ". Without --gateway they have no default route");
        }
        return spec.driver();
    }

    /** Asks for an interface of the kind that shares none: refused in any case, and not always for the same reason. */
    private void requireKernel(HostView host) {
        try {
            host.site().route().create(LinkMessage.create("lh-never", kernelName()));
        } catch (KernelException e) {
            if (e.is(Errno.EOPNOTSUPP)) {
                throw WiringException.unsupported("this kernel has no " + kernelName() + " (CONFIG_"
                        + kernelName().toUpperCase(Locale.ROOT)
                        + "). Use another kernel or module, or another driver: bridge and routed do without");
            }
        }
    }

    private static LinkMessage requireParent(String network, String parent, HostView host) {
        LinkMessage link = host.link(Names.checkedInterface(parent))
                .orElseThrow(() -> new WiringException("there is no interface " + parent + " on the host for network "
                        + network + "; ip link shows those there are"));
        if ((link.flags() & LinkMessage.LOOPBACK) != 0) {
            throw new WiringException("interface " + parent + " cannot be shared: it leads nowhere");
        }
        link.attributes().get(LinkMessage.MASTER).ifPresent(master -> {
            throw new WiringException("interface " + parent + " cannot be shared: it is a port of " + host.name(master)
                    + ", which takes all its packets. Share " + host.name(master));
        });
        return link;
    }

    /** The kernel lets a parent be shared in one of the two ways only: whoever comes second would get EBUSY at his first endpoint. */
    @Override
    default Driver apart(Driver settled, List<Network> others) {
        String parent = parent(settled);
        for (Network other : others) {
            if (other.driver().parentLink().equals(Optional.of(parent))
                    && !other.driver().name().equals(settled.name())) {
                throw new WiringException("interface " + parent + " cannot be shared by driver " + settled.name()
                        + ": network " + other.name() + " shares it by driver "
                        + other.driver().name() + ", and the kernel has one or the other. Use driver "
                        + other.driver().name() + ", or another parent");
            }
        }
        return settled;
    }

    @Override
    default Optional<String> home(Driver settled) {
        return settled.parentLink();
    }

    @Override
    default Optional<IpAddress> usualGateway(Prefix subnet) {
        return Optional.empty();
    }

    @Override
    default int mtu(Driver settled, OptionalInt asked, HostView host) {
        String parent = parent(settled);
        int most = host.link(parent)
                .flatMap(link -> link.attributes().get(LinkMessage.MTU))
                .orElseGet(host::uplinkMtu);
        if (asked.orElse(most) > most) {
            throw new WiringException(
                    "an MTU of " + asked.getAsInt() + " bytes cannot be had: " + parent + " has " + most);
        }
        return asked.orElse(most);
    }

    @Override
    default List<IpAddress> reserved(Network network, HostView host) {
        return host.addresses(parent(network.driver()));
    }

    @Override
    default boolean crossesHost() {
        return false;
    }

    @Override
    default List<Step> network(Network network, HostView host) {
        return List.of();
    }

    @Override
    default void compare(Network network, HostView host, Differences differences) {
        String parent = parent(network.driver());
        Optional<LinkMessage> link = host.link(parent);
        if (link.isEmpty()) {
            differences.found(
                    "interface " + parent + " of network " + network.name() + " is gone, and is not Lasthop's to make");
        } else if ((link.get().flags() & LinkMessage.UP) == 0) {
            differences.found("interface " + parent + " of network " + network.name()
                    + " is down, and is not Lasthop's to set up");
        }
    }

    @Override
    default void requireReady(Network network, ConnectSpec spec, HostView host, EndpointPlans connections) {
        String parent = parent(network.driver());
        LinkMessage link = requireParent(network.name(), parent, host);
        if ((link.flags() & LinkMessage.UP) == 0) {
            throw new WiringException("interface " + parent + " of network " + network.name()
                    + " is down: nothing could be reached. ip link set " + parent + " up");
        }
        if (spec.mac().isPresent() && !hasOwnMac(network.driver())) {
            throw WiringException.wrong("an endpoint on network " + network.name()
                    + " has no MAC address of its own but that of " + parent + ": " + network.driver());
        }
    }

    @Override
    default Optional<MacAddress> givenMac(ConnectSpec spec, Network network, HostView host) {
        return hasOwnMac(network.driver()) ? Optional.empty() : host.mac(parent(network.driver()));
    }

    @Override
    default Optional<String> hostLink(String endpoint, Network network, HostView host) {
        return Optional.empty();
    }

    @Override
    default List<Step> link(Endpoint endpoint, Network network, HostView host) {
        return List.of(new LinkStep.CreateInside(
                Place.HOST,
                kind(network.driver()),
                new LinkStep.End(
                        endpoint.place(),
                        endpoint.interfaceName(),
                        Optional.of(endpoint.mac()).filter(mac -> hasOwnMac(network.driver())),
                        OptionalInt.of(network.mtu()))));
    }

    /** The interface went along with its namespace if that is gone; and one of the same name with another parent stays. */
    @Override
    default List<Step> removal(Endpoint endpoint, Network network, Places places) {
        int parent = new HostView(places.at(Place.HOST))
                .link(parent(network.driver()))
                .map(link -> link.index().value())
                .orElse(-1);
        return Inside.of(endpoint, places)
                .flatMap(inside -> inside.link(endpoint.interfaceName()))
                .filter(link -> link.kind().equals(kernelName())
                        && link.attributes().get(LinkMessage.LINK).equals(Optional.of(parent)))
                .<Step>map(link -> new LinkStep.Delete(endpoint.place(), endpoint.interfaceName()))
                .stream()
                .toList();
    }

    @Override
    default void compare(Network network, Endpoint endpoint, HostView host, Differences differences) {
        // there is nothing of it on the host
    }

    @Override
    default Optional<String> entrance(Network network, Endpoint endpoint) {
        return Optional.empty();
    }

    static String parent(Driver driver) {
        return driver.parentLink().orElseThrow();
    }
}
