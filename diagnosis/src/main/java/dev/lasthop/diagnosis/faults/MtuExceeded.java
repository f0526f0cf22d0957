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
import dev.lasthop.wiring.step.LinkStep;
import java.util.List;
import java.util.stream.Stream;

/** A link on the way takes smaller packets only, and says so. */
public final class MtuExceeded implements Fault {
    /** Stateless. */
    public MtuExceeded() {}

    @Override
    public Page page() {
        return new Page(
                "mtu-exceeded",
                Group.SIZES,
                "The packet is larger than a link on the way takes",
                "The egress MTU is smaller than the packet, which may not be cut (PKT_TOO_BIG), and the "
                        + "error that says so reaches the source.",
                "The source's interface gets the smaller MTU.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.TooBig.class)
                .filter(big -> !PmtuBlackhole.isSilent(dossier, big))
                .map(big -> Sizes.tooBig(this, dossier, big));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD_LARGE,
                Verdict.DROPPED,
                Side.REQUEST,
                scene -> List.of(
                        new LinkStep.Mtu(scene.node(), scene.uplink(), 1400),
                        new LinkStep.Mtu(scene.outside(), scene.outsideLink(), 1400))));
    }
}
