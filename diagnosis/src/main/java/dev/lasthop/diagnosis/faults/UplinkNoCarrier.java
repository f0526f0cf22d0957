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
import java.util.List;
import java.util.stream.Stream;

/** The way out of the node has no carrier. */
public final class UplinkNoCarrier implements Fault {
    /** Stateless. */
    public UplinkNoCarrier() {}

    @Override
    public Page page() {
        return new Page(
                "uplink-no-carrier",
                Group.LINKS,
                "The uplink has no carrier",
                "The packet reaches the node and never its uplink, which is up without carrier: an "
                        + "unplugged cable, or, on a virtual link, a peer that is down.",
                "The cable, the switch port, or the virtual link's other end: where that can be seen, "
                        + "it is set up.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> seen = dossier.obstacle(Obstacle.PeerDown.class)
                .filter(down -> isUplink(dossier, down.near()))
                .map(down -> finding(dossier, down.near())
                        .because("link", down.peer() + ", its other end, has no IFF_UP")
                        .mendedBy(Remedy.of(
                                        "set " + down.peer().linkName() + " up",
                                        "interface",
                                        LinkStep.up(
                                                Where.of(down.peer()),
                                                down.peer().linkName()))
                                .undoneBy(LinkStep.down(
                                        Where.of(down.peer()), down.peer().linkName()))));
        Stream<Finding> unseen = dossier.obstacle(Obstacle.NoCarrier.class)
                .map(none -> finding(dossier, none.place())
                        .mendedBy(Remedy.advice(
                                "look at the cable, the switch port, or the other end of the virtual link")));
        return Stream.concat(seen, unseen);
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(LinkStep.down(scene.outside(), scene.outsideLink())))
                .lastSeenAt(scene -> scene.node().label() + " " + scene.bridge() + " in"));
    }

    private Finding finding(Dossier dossier, dev.lasthop.path.Place uplink) {
        return Finding.of(
                        this,
                        dossier.agreement(),
                        "%s is the way out of %s, and has no carrier: whatever is sent there is thrown away."
                                .formatted(uplink.linkName(), uplink.namespaceName()))
                .because(dossier.bracket())
                .because("link", uplink + " is up, and has no carrier");
    }

    /** Whether it is a router's way on, and no bridge port or end of the sender's own. */
    static boolean isUplink(Dossier dossier, dev.lasthop.path.Place place) {
        return place.namespace() != dossier.prediction().question().source()
                && dossier.namespace(place.namespace())
                        .flatMap(state -> state.link(place.link()))
                        .filter(link -> link.master().isNone())
                        .isPresent();
    }
}
