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
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.RouteStep;
import java.util.List;
import java.util.stream.Stream;

/** A route refuses the packet. */
public final class UnreachableRoute implements Fault {
    /** Stateless. */
    public UnreachableRoute() {}

    @Override
    public Page page() {
        return new Page(
                "unreachable-route",
                Group.ROUTING,
                "An unreachable, prohibit or throw route refuses the packet",
                "The look-up ends at a route of one of these types; unreachable and prohibit answer "
                        + "with an ICMP error.",
                "The route is deleted.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.RouteRefuses.class)
                .filter(refuses -> refuses.route().type() != Route.Type.BLACKHOLE && !Policy.chose(refuses.rule()))
                .map(refuses -> Refusal.finding(this, dossier, refuses));
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(new RouteStep.Add(
                                        scene.node(),
                                        Where.host(scene.world(family)).type(Route.Type.UNREACHABLE))))
                        .lastSeenAt(At.BRIDGE_IN)),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "routed");
    }
}
