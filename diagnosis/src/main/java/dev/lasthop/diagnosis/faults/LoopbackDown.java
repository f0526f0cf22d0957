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

/** Packets of a namespace to itself have no way. */
public final class LoopbackDown implements Fault {
    /** Stateless. */
    public LoopbackDown() {}

    @Override
    public Page page() {
        return new Page(
                "loopback-down",
                Group.LINKS,
                "The loopback interface is down",
                "The destination is one of the namespace's own addresses (or 127.0.0.0/8) and IFF_UP is "
                        + "missing on lo.",
                "lo is set up.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.LoopbackDown.class)
                .map(down -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s talks to itself over lo, and lo is down there."
                                        .formatted(down.place().namespaceName()))
                        .because(dossier.bracket())
                        .because("link", down.place() + " has no IFF_UP")
                        .mendedBy(Remedy.of("set lo up", "namespace", LinkStep.up(Where.of(down.place()), "lo"))));
    }
}
