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
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import java.util.List;
import java.util.stream.Stream;

/** Delivered, and the far end does not know the way back. */
public final class NoReturnPath implements Fault {
    /** Stateless. */
    public NoReturnPath() {}

    @Override
    public Page page() {
        return new Page(
                "no-return-path",
                Group.ROUTING,
                "The far end has no route back",
                "The request is delivered with a source that is meant to be seen there (translated, the node's own, or of a network that is "
                        + "routed by design), and the far end's own look-up of the reply fails.",
                "The far end gets a route to that network by way of the router.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Unreturned.in(dossier)
                .filter(lost -> lost.far().isPresent() && !MasqueradeMissing.isMissing(dossier, lost))
                .map(lost -> {
                    String far = lost.far().orElseThrow().name();
                    return Finding.of(
                                    this,
                                    0.95,
                                    "The packets reach %s, which has no way back to %s.".formatted(far, lost.source()))
                            .as(Verdict.NO_REPLY)
                            .on(Side.REPLY)
                            .because(dossier.bracket())
                            .because("route", "no route to %s in %s".formatted(lost.source(), far))
                            .mendedBy(remedy(lost));
                })
                .stream();
    }

    private static Remedy remedy(Unreturned lost) {
        Place place = Place.parse(lost.far().orElseThrow().name());
        boolean own = lost.router().owns(lost.source());
        if (own || lost.routerAddress().isEmpty()) {
            return lost.farLink()
                    .map(link -> add(lost, place, Where.host(lost.source()).on(link.name())))
                    .orElseGet(() -> Remedy.advice("add a route to " + lost.source() + " at " + place.label()));
        }
        return add(
                lost,
                place,
                RouteTo.prefix(lost.subnet()).via(lost.routerAddress().get()));
    }

    private static Remedy add(Unreturned lost, Place place, RouteTo route) {
        return Remedy.of(
                        "give %s a route back to %s by way of %s"
                                .formatted(
                                        place.label(),
                                        route.destination(),
                                        lost.router().name()),
                        "namespace",
                        new RouteStep.Add(place, route))
                .undoneBy(new RouteStep.Delete(place, route));
    }

    @Override
    public List<Injection> injections() {
        return Injection.inEach(family -> Injection.of(
                        "routed",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NO_REPLY,
                        Side.REPLY,
                        scene -> List.of(new RouteStep.Delete(
                                scene.outside(),
                                RouteTo.prefix(scene.containerAddress(family))
                                        .via(scene.nodeAddress(family).address()))))
                .lastSeenAt(At.OUTSIDE_IN));
    }
}
