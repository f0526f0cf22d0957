package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.FdbStep;
import java.util.Optional;
import java.util.stream.Stream;

/** The bridge believes an address behind the wrong port. */
public final class WrongFdbEntry implements Fault {
    /** Stateless. */
    public WrongFdbEntry() {}

    @Override
    public Page page() {
        return new Page(
                "wrong-fdb-entry",
                Group.LINKS,
                "The bridge's forwarding database points at the wrong port",
                "The FDB entry of the destination's MAC names a port behind which that MAC is not; the "
                        + "link dump says where it is.",
                "The entry is deleted.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.WrongFdbEntry.class)
                .map(wrong -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s sends frames for %s to %s, but that address is at %s."
                                        .formatted(
                                                wrong.bridge(),
                                                wrong.mac(),
                                                wrong.port().linkName(),
                                                wrong.actual()))
                        .because(dossier.bracket())
                        .because(
                                "link",
                                "%s entry for %s on %s"
                                        .formatted(wrong.permanent() ? "static" : "learnt", wrong.mac(), wrong.port()))
                        .mendedBy(Remedy.of(
                                "delete the entry",
                                "network",
                                new FdbStep.Delete(
                                        Where.of(wrong.port()),
                                        wrong.port().linkName(),
                                        wrong.mac(),
                                        Optional.empty()))));
    }
}
