package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Evidence;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.LinkStep;
import java.util.List;
import java.util.stream.Stream;

/** A link takes smaller packets only, and the error that says so is filtered. */
public final class PmtuBlackhole implements Fault {
    /** Stateless. */
    public PmtuBlackhole() {}

    @Override
    public Page page() {
        return new Page(
                "pmtu-blackhole",
                Group.SIZES,
                "Large packets vanish: the error that says so is filtered",
                "A small packet comes through and a large one does not; the egress MTU is smaller "
                        + "(PKT_TOO_BIG), and the fragmentation-needed (packet-too-big) error never reaches the "
                        + "source.",
                "The source's interface gets the smaller MTU (or TCP's MSS is clamped); for good, the "
                        + "error is let through.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.TooBig.class)
                .filter(big -> isSilent(dossier, big))
                .map(big -> Sizes.tooBig(this, dossier, big)
                        .because(
                                "icmp",
                                "no fragmentation-needed error reached "
                                        + dossier.asked().source())
                        .because(dossier.experiments().small().stream()
                                .filter(works -> works)
                                .map(works -> new Evidence("seen", "a small packet comes through"))
                                .toList()));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge", Injection.Ask.CONTAINER_PINGS_WORLD_LARGE, Verdict.DROPPED, Side.REQUEST, scene -> {
                    var steps = new java.util.ArrayList<dev.lasthop.wiring.step.Step>(List.of(
                            new LinkStep.Mtu(scene.node(), scene.uplink(), 1400),
                            new LinkStep.Mtu(scene.outside(), scene.outsideLink(), 1400)));
                    steps.add(OwnTable.dropTooBig(scene.node()));
                    return steps;
                }));
    }

    /** Whether the sender never learns: it is not the sender itself that finds out, and no error came back. */
    static boolean isSilent(Dossier dossier, Obstacle.TooBig big) {
        if (big.sender()) {
            return false;
        }
        boolean told = dossier.observation().probes().stream()
                .anyMatch(probe -> probe.error().contains("fragmentation needed")
                        || probe.error().contains("too big")
                        || probe.error().equals("EMSGSIZE"));
        boolean arrived = dossier.observation().sightings().stream()
                .anyMatch(sighting -> sighting.kind() == dev.lasthop.tracing.Sighting.Kind.ERROR
                        && sighting.namespace()
                                == dossier.prediction().question().source()
                        && sighting.direction() == dev.lasthop.path.Direction.IN
                        && (sighting.text().contains("fragmentation needed")
                                || sighting.text().contains("too big")));
        return !told && !arrived;
    }
}
