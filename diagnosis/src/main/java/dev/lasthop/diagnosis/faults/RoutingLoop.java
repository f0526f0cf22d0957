package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Routers send a packet to each other until its time to live has run out. */
public final class RoutingLoop implements Fault {
    /** Stateless. */
    public RoutingLoop() {}

    @Override
    public Page page() {
        return new Page(
                "routing-loop",
                Group.ROUTING,
                "Routers send the packet in a circle",
                "The same packet is seen at one interface again and again, its time to live smaller each time; by the routes of "
                        + "the routers concerned it comes back to where it was.",
                "The router that sends it back where it came from gets the right route, where that can be told; or the route that "
                        + "turned it is deleted.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        if (LostRoute.in(dossier).isPresent() || Bounced.forLackOfRoute(dossier).isPresent()) {
            return Stream.empty(); // then the circle is what that leads to
        }
        return Stream.concat(circling(dossier), returning(dossier));
    }

    /** The packet comes back to the one that sent it, and the circle ends there: neither its address nor what it forwards is wrong. */
    private Stream<Finding> returning(Dossier dossier) {
        return Bounced.atOrigin(dossier)
                .flatMap(origin -> Policy.lastDecision(dossier.broken())
                        .filter(turn -> !Policy.chose(turn.rule()))
                        .map(turn -> returned(dossier, origin, turn)))
                .stream();
    }

    private Finding returned(Dossier dossier, Place origin, Stage.RoutingDecision turn) {
        return Finding.of(
                        this,
                        dossier.agreement(),
                        "%s sends the packet to %s back to where it came from, by %s: %s gets its own packet, and drops it."
                                .formatted(
                                        turn.namespaceName(),
                                        turn.destination(),
                                        turn.out().linkName(),
                                        origin.namespaceName()))
                .as(Verdict.DROPPED)
                .because(dossier.bracket())
                .because(
                        "route",
                        "%s has the route %s by %s"
                                .formatted(
                                        turn.namespaceName(),
                                        turn.route().destination(),
                                        turn.out().linkName()))
                .mendedBy(remedy(dossier, Optional.of(turn)));
    }

    private Stream<Finding> circling(Dossier dossier) {
        return dossier.obstacle(Obstacle.RoutingLoop.class).map(loop -> {
            Optional<Stage.RoutingDecision> turn = turn(dossier);
            String circle =
                    loop.circle().stream().map(Hop::namespaceName).distinct().collect(Collectors.joining(", "));
            return Finding.of(
                            this,
                            Math.max(dossier.agreement(), 0.9),
                            "The packet to %s goes in a circle (%s) until its time to live has run out%s."
                                    .formatted(
                                            dossier.broken()
                                                    .passages()
                                                    .getLast()
                                                    .flow()
                                                    .destination(),
                                            circle,
                                            turn.map(RoutingLoop::words).orElse("")))
                    .as(Verdict.DROPPED)
                    .because(dossier.bracket())
                    .because("route", "it comes by " + loop.place() + " again")
                    .mendedBy(remedy(dossier, turn));
        });
    }

    /** The decision that sends the packet back to the namespace that it came from. */
    private static Optional<Stage.RoutingDecision> turn(Dossier dossier) {
        return dossier.broken().elements(Stage.RoutingDecision.class).stream()
                .filter(decision -> decision.input()
                        .filter(in -> in.namespace() == decision.out().namespace()
                                && in.link().equals(decision.out().link()))
                        .isPresent())
                .findFirst();
    }

    private static String words(Stage.RoutingDecision turn) {
        return ": %s sends it back by %s, where it came from"
                .formatted(turn.namespaceName(), turn.out().linkName());
    }

    private static Remedy remedy(Dossier dossier, Optional<Stage.RoutingDecision> turn) {
        if (turn.isEmpty()) {
            return Remedy.advice("look at the routes of these routers, and break the circle");
        }
        var place = Where.of(turn.get().out());
        Optional<RouteTo> back = dossier.stop().side() == Side.REPLY
                ? WayBack.at(dossier, turn.get().out().namespace()).map(WayBack::route)
                : Optional.empty();
        if (back.isPresent()) {
            return Remedy.of(
                    "give %s the way back to %s"
                            .formatted(place.label(), back.get().destination()),
                    "namespace",
                    new RouteStep.Replace(place, back.get()));
        }
        Route route = turn.get().route();
        boolean narrower = route.destination().length() > 0;
        RouteTo gone = Where.route(dossier, turn.get().out().namespace(), route);
        return narrower
                ? Remedy.of(
                                "delete the route of " + place.label() + " that sends it back",
                                "namespace",
                                new RouteStep.Delete(place, gone))
                        .undoneBy(new RouteStep.Add(place, gone))
                : Remedy.advice(
                        "give " + place.label() + " a route to " + turn.get().destination() + " that leads on");
    }

    @Override
    public List<Injection> injections() {
        return Injection.inEach(family -> Injection.of(
                "siblings",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.DROPPED,
                Side.REQUEST,
                scene -> List.of(
                        new SysctlStep(scene.second().orElseThrow(), "net.ipv4.ip_forward", "1"),
                        new SysctlStep(scene.second().orElseThrow(), "net.ipv6.conf.all.forwarding", "1"),
                        new RouteStep.Add(
                                scene.node(),
                                Where.host(scene.world(family))
                                        .via(scene.secondAddress(family)
                                                .orElseThrow()
                                                .address())
                                        .on(scene.bridge())))));
    }
}
