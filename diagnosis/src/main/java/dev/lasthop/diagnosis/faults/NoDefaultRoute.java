package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import java.util.List;
import java.util.stream.Stream;

/** The source has no route to the destination. */
public final class NoDefaultRoute implements Fault {
    /** Stateless. */
    public NoDefaultRoute() {}

    @Override
    public Page page() {
        return new Page(
                "no-default-route",
                Group.ADDRESSES,
                "The source has no route to the destination",
                "The route look-up in the source's own namespace fails with ENETUNREACH; no packet "
                        + "exists, so none is dropped.",
                "A default route by way of the gateway is added.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoRoute.class)
                .filter(none -> none.input().isEmpty()
                        && none.namespace() == dossier.prediction().question().source())
                .map(none -> Finding.of(
                                this,
                                Math.max(dossier.agreement(), 0.9),
                                "%s has no route to %s: not even a default one."
                                        .formatted(none.namespaceName(), none.destination()))
                        .because(dossier.bracket())
                        .because("route", "no route to " + none.destination() + " in " + none.namespaceName())
                        .mendedBy(Surroundings.route(dossier, none)));
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.NOT_SENT,
                                Side.REQUEST,
                                scene -> List.of(new RouteStep.Delete(scene.container(), RouteTo.everywhere(family))))
                        .lastSeenAt(At.CONTAINER_OUT)),
                "siblings",
                "two-bridges",
                "published",
                "routed",
                "macvlan",
                "macvlan-bridge");
    }
}
