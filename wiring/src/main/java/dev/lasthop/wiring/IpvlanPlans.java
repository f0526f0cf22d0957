package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.LinkStep.IpvlanMode;
import dev.lasthop.wiring.step.RouteTo;
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

    /** In the modes l3 whatever is sent is handed to the parent, which needs no address to send it to. */
    @Override
    public Optional<RouteTo> exit(Network network, Endpoint endpoint, Family family) {
        return ipvlan(network.driver()).mode() == IpvlanMode.L2
                ? SharedLinkPlans.super.exit(network, endpoint, family)
                : network.subnet(family)
                        .map(subnet -> RouteTo.everywhere(family).on(endpoint.interfaceName()));
    }

    private static IpvlanDriver ipvlan(Driver driver) {
        if (driver instanceof IpvlanDriver ipvlan) {
            return ipvlan;
        }
        throw new IllegalArgumentException("not ipvlan: " + driver);
    }
}
