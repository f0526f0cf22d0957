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

/** One end of a veth pair is down, so the other has no carrier. */
public final class PeerDown implements Fault {
    /** Stateless. */
    public PeerDown() {}

    @Override
    public Page page() {
        return new Page(
                "peer-down",
                Group.LINKS,
                "The other end of the veth pair is down",
                "The near end is up without carrier (operstate lowerlayerdown), and its peer, which can "
                        + "be seen, lacks IFF_UP. The kernel drops at the near end's queue (QDISC_DROP), as it "
                        + "does for a full queue, but then there is a carrier.",
                "The peer is set up.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.PeerDown.class)
                .filter(down -> !UplinkNoCarrier.isUplink(dossier, down))
                .map(down -> DeadLink.bracket(
                        dossier,
                        down.near(),
                        Finding.of(
                                        this,
                                        dossier.agreement(),
                                        "%s and %s are the two ends of one veth pair; %s is set down, so nothing passes."
                                                .formatted(down.near(), down.peer(), down.peer()))
                                .because(dossier.bracket())
                                .because("link", down.near() + " has no carrier")
                                .because("link", down.peer() + " has no IFF_UP")
                                .mendedBy(Remedy.of(
                                                "set " + down.peer().linkName() + " up",
                                                "interface",
                                                steps(dossier, down))
                                        .undoneBy(LinkStep.down(
                                                Where.of(down.peer()),
                                                down.peer().linkName())))));
    }

    /** What went with the interface is put back. */
    private static List<Step> steps(Dossier dossier, Obstacle.PeerDown down) {
        var steps = new ArrayList<Step>();
        steps.add(LinkStep.up(Where.of(down.peer()), down.peer().linkName()));
        steps.addAll(Surroundings.lost(
                dossier, down.peer(), dossier.asked().address().family()));
        return steps;
    }

    @Override
    public List<Injection> injections() {
        List<Injection> own = Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.NOT_SENT,
                                Side.REQUEST,
                                scene -> List.of(LinkStep.down(scene.node(), scene.hostEnd())))
                        .lastSeenAt(At.CONTAINER_OUT)),
                "siblings",
                "two-bridges",
                "published",
                "two-networks");
        List<Injection> sibling = List.of(Injection.of(
                        "siblings",
                        Injection.Ask.CONTAINER_PINGS_SECOND,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(
                                scene, LinkStep.down(scene.second().orElseThrow(), scene.containerLink())))
                .lastSeenAt(At.CONTAINER_OUT));
        return Stream.concat(own.stream(), sibling.stream()).toList();
    }
}
