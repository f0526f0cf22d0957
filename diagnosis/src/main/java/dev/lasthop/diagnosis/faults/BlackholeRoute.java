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
        List<Injection> there = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(new RouteStep.Add(
                                scene.node(), Where.host(scene.world(family)).type(Route.Type.BLACKHOLE))))
                .lastSeenAt(At.BRIDGE_IN));
        List<Injection> back = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REPLY,
                        scene -> List.of(new RouteStep.Add(
                                scene.node(),
                                Where.host(scene.containerAddress(family).address())
                                        .type(Route.Type.BLACKHOLE))))
                .lastSeenAt(At.UPLINK_IN));
        List<Injection> sender = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> List.of(new RouteStep.Add(
                                scene.container(),
                                Where.host(scene.world(family)).type(Route.Type.BLACKHOLE))))
                .lastSeenAt(At.CONTAINER_OUT));
        List<Injection> outward = Injection.across(
                Stream.concat(there.stream(), sender.stream()).toList(),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "routed");
        List<Injection> homeward = Injection.across(back, "siblings", "two-bridges", "published", "two-networks");
        return Stream.concat(outward.stream(), homeward.stream()).toList();
    }
}
