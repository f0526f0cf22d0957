package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.LinkStep.IpvlanMode;
import dev.lasthop.wiring.step.RouteTo;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Interfaces that share one of the host's and its MAC address. */
record IpvlanPlans() implements SharedLinkPlans {
    @Override
    public LinkStep.Kind kind(Driver driver) {
        return ipvlan(driver).kind();
    }

    @Override
    public String kernelName() {
        return "ipvlan";
    }

    @Override
    public boolean hasOwnMac(Driver driver) {
        return false;
    }

    @Override
    public Driver settled(NetworkSpec spec, HostView host) {
        if (ipvlan(spec.driver()).mode() != IpvlanMode.L2 && !spec.gateways().isEmpty()) {
            throw WiringException.wrong("an ipvlan network in mode l3 has no gateway: packets are routed by "
                    + SharedLinkPlans.parent(spec.driver()) + " on the host");
        }
        return SharedLinkPlans.super.settled(spec, host);
    }

    /** The mode belongs to the parent: with an endpoint of another mode the kernel would change that of all who are there. */
    @Override
    public Driver apart(Driver settled, List<Network> others) {
        for (Network other : others) {
            if (other.driver() instanceof IpvlanDriver(String parent, IpvlanMode mode)
                    && parent.equals(SharedLinkPlans.parent(settled))
                    && mode != ipvlan(settled).mode()) {
                throw new WiringException("interface " + parent + " cannot be shared in mode "
                        + word(ipvlan(settled).mode()) + ": network " + other.name() + " shares it in mode "
                        + word(mode)
                        + ", and all ipvlan interfaces of one parent have the same. Use --mode " + word(mode)
                        + ", or another parent");
            }
        }
        return SharedLinkPlans.super.apart(settled, others);
    }

    /** Nor is that of others' interfaces changed, as far as they are on the host. */
    @Override
    public void requireReady(Network network, ConnectSpec spec, HostView host, EndpointPlans connections) {
        SharedLinkPlans.super.requireReady(network, spec, host, connections);
        String parent = SharedLinkPlans.parent(network.driver());
        int index = host.link(parent).orElseThrow().index().value();
        IpvlanMode mode = ipvlan(network.driver()).mode();
        host.site().route().links().stream()
                .filter(link -> link.kind().equals(kernelName())
                        && link.attributes().get(LinkMessage.LINK).equals(Optional.of(index))
                        && link.data().get(LinkKinds.Ipvlan.MODE).orElse(-1) != mode.number())
                .findFirst()
                .ifPresent(other -> {
                    throw new WiringException("interface " + parent + " cannot be shared in mode " + word(mode) + ": "
                            + other.name() + " of the host shares it in another, which the kernel would change. Make"
                            + " the network with the mode that ip -d link show " + other.name() + " tells");
                });
    }

    /** In the modes l3 whatever is sent is handed to the parent, which needs no address to send it to. */
    @Override
    public Optional<RouteTo> exit(Network network, Endpoint endpoint, Family family) {
        return ipvlan(network.driver()).mode() == IpvlanMode.L2
                ? SharedLinkPlans.super.exit(network, endpoint, family)
                : network.subnet(family)
                        .map(subnet -> RouteTo.everywhere(family).on(endpoint.interfaceName()));
    }

    private static String word(IpvlanMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private static IpvlanDriver ipvlan(Driver driver) {
        if (driver instanceof IpvlanDriver ipvlan) {
            return ipvlan;
        }
        throw new IllegalArgumentException("not ipvlan: " + driver);
    }
}
