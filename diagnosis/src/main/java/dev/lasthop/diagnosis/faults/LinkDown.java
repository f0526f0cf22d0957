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
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** An interface on the way is administratively down. */
public final class LinkDown implements Fault {
    /** Stateless. */
    public LinkDown() {}

    @Override
    public Page page() {
        return new Page(
                "link-down",
                Group.LINKS,
                "An interface on the way is set down",
                "IFF_UP is missing on an interface that the packet has to pass. Its routes are gone "
                        + "with it, so the source may report that there is no route at all.",
                "The interface is set up again.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> met = dossier.obstacle(Obstacle.LinkDown.class)
                .map(Obstacle.LinkDown::place)
                .filter(place -> !place.kind().equals("vxlan"))
                .map(place -> finding(dossier, place, dossier.agreement()));
        Stream<Finding> missed = LostRoute.in(dossier).stream()
                .filter(lost -> !lost.up() && !lost.isOverBridge())
                .map(lost -> lost.bracket(finding(dossier, lost.link(), 0.97).because("route", lost.words())));
        return Stream.concat(met, missed).limit(1);
    }

    private Finding finding(Dossier dossier, Place place, double confidence) {
        return Finding.of(
                        this,
                        confidence,
                        "%s in %s is set down: nothing goes in or out there, and the routes through it are gone."
                                .formatted(place.linkName(), place.namespaceName()))
                .because(dossier.bracket())
                .because("link", place + " has no IFF_UP")
                .mendedBy(Remedy.of("set " + place.linkName() + " up", "interface", steps(dossier, place))
                        .undoneBy(LinkStep.down(Where.of(place), place.linkName())));
    }

    /** What went with the interface is put back. */
    private static List<Step> steps(Dossier dossier, Place place) {
        var steps = new ArrayList<Step>();
        steps.add(LinkStep.up(Where.of(place), place.linkName()));
        steps.addAll(Surroundings.lost(dossier, place, dossier.asked().address().family()));
        return steps;
    }

    @Override
    public List<Injection> injections() {
        List<Injection> uplink = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(LinkStep.down(scene.node(), scene.uplink())))
                .lastSeenAt(At.BRIDGE_IN));
        List<Injection> container = Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.NOT_SENT,
                                Side.REQUEST,
                                scene -> List.of(LinkStep.down(scene.container(), scene.containerLink())))
                        .lastSeenAt(At.CONTAINER_OUT)),
                "siblings",
                "published",
                "routed",
                "macvlan");
        return Stream.concat(container.stream(), uplink.stream()).toList();
    }
}
