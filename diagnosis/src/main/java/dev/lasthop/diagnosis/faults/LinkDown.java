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
        return dossier.obstacle(Obstacle.LinkDown.class)
                .filter(down -> !down.place().kind().equals("vxlan"))
                .map(down -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s in %s is set down: nothing goes in or out there, and the routes through it are gone."
                                        .formatted(
                                                down.place().linkName(),
                                                down.place().namespaceName()))
                        .because(dossier.bracket())
                        .because("link", down.place() + " has no IFF_UP")
                        .mendedBy(Remedy.of("set " + down.place().linkName() + " up", "interface", steps(dossier, down))
                                .undoneBy(LinkStep.down(
                                        Where.of(down.place()), down.place().linkName()))));
    }

    /** The routes went with the interface: the sender's way out is put back. */
    private static List<Step> steps(Dossier dossier, Obstacle.LinkDown down) {
        var steps = new ArrayList<Step>();
        steps.add(LinkStep.up(Where.of(down.place()), down.place().linkName()));
        if (down.place().namespace() == dossier.prediction().question().source()) {
            steps.addAll(Surroundings.lostRoutes(
                    dossier, down.place(), dossier.asked().address().family()));
        }
        return steps;
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_GATEWAY,
                Verdict.NOT_SENT,
                Side.REQUEST,
                scene -> List.of(LinkStep.down(scene.container(), scene.containerLink()))));
    }
}
