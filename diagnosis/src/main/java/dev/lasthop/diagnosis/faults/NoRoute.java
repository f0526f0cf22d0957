package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Evidence;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import java.util.List;
import java.util.Optional;
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
        return Stream.of(nowhere(dossier), elsewhere(dossier), bounced(dossier))
                .flatMap(each -> each)
                .limit(1);
    }

    /** The route to a network that an interface is in is gone, and a wider one takes the packet elsewhere. */
    private Stream<Finding> elsewhere(Dossier dossier) {
        return LostRoute.in(dossier).stream().filter(LostRoute::up).map(lost -> {
            var route = RouteTo.prefix(lost.network()).on(lost.link().linkName());
            return lost.bracket(Finding.of(
                            this,
                            0.95,
                            "%s has an address in %s on %s, and no route there: the packet to %s takes a wider route instead, and goes out by %s."
                                    .formatted(
                                            lost.link().namespaceName(),
                                            lost.network(),
                                            lost.link().linkName(),
                                            lost.decision().destination(),
                                            lost.decision().out().linkName()))
                    .because(dossier.bracket())
                    .because("route", lost.words())
                    .mendedBy(Remedy.of(
                                    "put the route to " + lost.network() + " back",
                                    "namespace",
                                    new RouteStep.Add(Where.of(lost.link()), route))
                            .undoneBy(new RouteStep.Delete(Where.of(lost.link()), route))));
        });
    }

    /** The reply comes back to a router that knows of the sender's network no more than that it is somewhere outside: where it came from. */
    private Stream<Finding> bounced(Dossier dossier) {
        return Bounced.forLackOfRoute(dossier).stream()
                .flatMap(decision -> WayBack.at(dossier, decision.out().namespace()).stream()
                        .map(back -> bounced(dossier, decision, back)));
    }

    private Finding bounced(Dossier dossier, Stage.RoutingDecision decision, WayBack back) {
        return Finding.of(
                        this,
                        0.95,
                        "The reply comes back to %s, which has no route to %s but a wider one, and sends it back out by %s."
                                .formatted(
                                        decision.namespaceName(),
                                        decision.destination(),
                                        decision.out().linkName()))
                .as(Verdict.DROPPED)
                .between(
                        decision.input().map(in -> in.hop(Direction.IN)),
                        Optional.of(back.link().hop(Direction.OUT)))
                .because(dossier.bracket())
                .because(
                        "route", "no route to %s in %s".formatted(back.route().destination(), decision.namespaceName()))
                .mendedBy(add(back));
    }

    private static Remedy remedy(Dossier dossier, Obstacle.NoRoute none) {
        Optional<WayBack> back =
                dossier.stop().side() == Side.REPLY ? WayBack.at(dossier, none.namespace()) : Optional.empty();
        return back.map(NoRoute::add).orElseGet(() -> Surroundings.route(dossier, none));
    }

    private static Remedy add(WayBack back) {
        var place = Where.of(back.link());
        return Remedy.of(
                        "give %s the way back to %s"
                                .formatted(place.label(), back.route().destination()),
                        "namespace",
                        new RouteStep.Add(place, back.route()))
                .undoneBy(new RouteStep.Delete(place, back.route()));
    }

    private Stream<Finding> nowhere(Dossier dossier) {
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
                        .mendedBy(remedy(dossier, none)));
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(new RouteStep.Delete(scene.node(), RouteTo.everywhere(family))))
                        .lastSeenAt(At.BRIDGE_IN)),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "routed");
    }
}
