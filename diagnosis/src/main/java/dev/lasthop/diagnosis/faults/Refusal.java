package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RouteStep;
import java.util.Locale;

/** What is said of a route that throws packets away, whichever way it does it. */
final class Refusal {
    private Refusal() {}

    static Finding finding(Fault fault, Dossier dossier, Obstacle.RouteRefuses refuses) {
        String type = refuses.route().type().name().toLowerCase(Locale.ROOT);
        var to = Where.route(dossier, refuses.namespace(), refuses.route());
        Place place = Place.parse(refuses.namespaceName());
        return Finding.of(
                        fault,
                        dossier.agreement(),
                        "%s has a route of type %s for %s, which covers %s."
                                .formatted(
                                        refuses.namespaceName(),
                                        type,
                                        refuses.route().destination(),
                                        refuses.destination()))
                .because(dossier.bracket())
                .because(
                        "route",
                        "%s %s in table %d"
                                .formatted(
                                        type,
                                        refuses.route().destination(),
                                        refuses.route().table()))
                .mendedBy(Remedy.of("delete the route", "host", new RouteStep.Delete(place, to))
                        .undoneBy(new RouteStep.Add(place, to)));
    }
}
