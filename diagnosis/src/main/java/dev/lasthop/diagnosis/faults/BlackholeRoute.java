package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.RouteStep;
import java.util.List;
import java.util.stream.Stream;

/** A route throws the packet away. */
public final class BlackholeRoute implements Fault {
    /** Stateless. */
    public BlackholeRoute() {}

    @Override
    public Page page() {
        return new Page(
                "blackhole-route",
                Group.ROUTING,
                "A blackhole route swallows the packet",
                "The look-up ends at a route of type blackhole in a table that every packet is looked "
                        + "up in (fib error -22). No ICMP error is sent.",
                "The route is deleted.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.RouteRefuses.class)
                .filter(refuses -> refuses.route().type() == Route.Type.BLACKHOLE && !Policy.chose(refuses.rule()))
                .map(refuses -> Refusal.finding(this, dossier, refuses));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(new RouteStep.Add(
                                scene.node(),
                                Where.host(scene.world(Family.IPV4)).type(Route.Type.BLACKHOLE))))
                .lastSeenAt(scene -> scene.node().label() + " " + scene.bridge() + " in"));
    }
}
