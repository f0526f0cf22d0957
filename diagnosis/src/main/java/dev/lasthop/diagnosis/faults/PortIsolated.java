package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.LinkStep;
import java.util.stream.Stream;

/** Two bridge ports may not talk to each other. */
public final class PortIsolated implements Fault {
    /** Stateless. */
    public PortIsolated() {}

    @Override
    public Page page() {
        return new Page(
                "port-isolated",
                Group.LINKS,
                "Both bridge ports are isolated",
                "IFLA_BRPORT_ISOLATED is set on the port that the frame comes in by and on the one that "
                        + "it should leave by.",
                "Isolation is taken off one of the ports.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.PortsIsolated.class)
                .map(isolated -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s and %s are isolated ports of %s: such ports reach the bridge and the others, not each other."
                                        .formatted(
                                                isolated.in().linkName(),
                                                isolated.out().linkName(),
                                                isolated.bridge()))
                        .because(dossier.bracket())
                        .because("link", "isolated on " + isolated.in() + " and on " + isolated.out())
                        .mendedBy(Remedy.of(
                                "take the isolation off " + isolated.out().linkName(),
                                "interface",
                                new LinkStep.PortOption(
                                        Where.of(isolated.out()),
                                        isolated.out().linkName(),
                                        LinkStep.BridgePortOption.ISOLATED,
                                        0))));
    }
}
