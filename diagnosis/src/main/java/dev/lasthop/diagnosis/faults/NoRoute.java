package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Evidence;
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

/** A router on the way does not know where to. */
public final class NoRoute implements Fault {
    /** Stateless. */
    public NoRoute() {}

    @Override
    public Page page() {
        return new Page(
                "no-route",
                Group.ROUTING,
                "A router on the path has no route",
                "The packet is seen coming in at a router whose own look-up, with the packet's "
                        + "interface and mark, finds nothing. The kernel says IP_INNOROUTES.",
                "The route is added.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoRoute.class)
                .filter(none -> none.input().isPresent())
                .map(none -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s is to send the packet on to %s, and has no route there: not even a default one."
                                        .formatted(none.namespaceName(), none.destination()))
                        .because(dossier.bracket())
                        .because("route", "no route to " + none.destination() + " in " + none.namespaceName())
                        .because(dossier.observation().lookupFailures().stream()
                                .filter(failure -> failure.destination().equals(none.destination()))
                                .limit(1)
                                .map(failure ->
                                        new Evidence("route", "the kernel's look-up failed with " + failure.error()))
                                .toList())
                        .mendedBy(Surroundings.route(dossier, none)));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(new RouteStep.Delete(scene.node(), RouteTo.everywhere(Family.IPV4))))
                .lastSeenAt(scene -> scene.node().label() + " " + scene.bridge() + " in"));
    }
}
