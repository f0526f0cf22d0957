package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import java.util.List;
import java.util.stream.Stream;

/** The gateway is nobody on the segment. */
public final class WrongGateway implements Fault {
    /** Stateless. */
    public WrongGateway() {}

    @Override
    public Page page() {
        return new Page(
                "wrong-gateway",
                Group.ADDRESSES,
                "The route's gateway is nobody on the segment",
                "ARP or ND for the gateway goes unanswered, while a router on the same segment has "
                        + "another address of the same subnet.",
                "The route is replaced by one through that router.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Unanswered.in(dossier, Unanswered.Cause.WRONG_GATEWAY).map(found -> {
            var from = found.what().from();
            IpAddress right = found.routerAddress().orElseThrow().address();
            var route = found.what().route();
            RouteTo to = Where.route(dossier, from.namespace(), route).via(right);
            return Finding.of(
                            this,
                            dossier.agreement(),
                            "%s sends by way of %s, and nobody on the segment has that address. The router there is %s."
                                    .formatted(
                                            from.namespaceName(), found.what().wanted(), right))
                    .because(dossier.bracket())
                    .because(
                            "route",
                            "%s via %s dev %s"
                                    .formatted(route.destination(), found.what().wanted(), from.linkName()))
                    .because(
                            "link",
                            found.router().orElseThrow() + " has "
                                    + found.routerAddress().get())
                    .mendedBy(Remedy.of(
                            "send by way of " + right, "namespace", new RouteStep.Replace(Where.of(from), to)));
        });
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.NOT_SENT,
                                Side.REQUEST,
                                scene -> List.of(new RouteStep.Replace(
                                        scene.container(),
                                        RouteTo.everywhere(family)
                                                .via(scene.gateway(family)
                                                        .address()
                                                        .plus(76))
                                                .on(scene.containerLink()))))
                        .lastSeenAt(At.CONTAINER_OUT)),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "macvlan",
                "macvlan-bridge");
    }
}
