package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Routing and policy: the faults of this chapter, in the catalogue's order. */
public final class RoutingFaults {
    private RoutingFaults() {}

    public static List<Fault> all() {
        return List.of(
                new IpForwardDisabled(),
                new Ipv6ForwardDisabled(),
                new NoRoute(),
                new BlackholeRoute(),
                new UnreachableRoute(),
                new PolicyRule(),
                new ReturnRouteHijacked(),
                new RpFilter(),
                new LocalSource(),
                new SubnetOverlap(),
                new RouteLocalnet(),
                new RoutingLoop(),
                new TtlExpired(),
                new NotOnThisHost(),
                new NoReturnPath());
    }
}
