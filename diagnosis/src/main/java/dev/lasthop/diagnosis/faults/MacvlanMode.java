package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.topology.Link;
import java.util.stream.Stream;

/** The mode keeps macvlan siblings apart. */
public final class MacvlanMode implements Fault {
    /** Stateless. */
    public MacvlanMode() {}

    @Override
    public Page page() {
        return new Page(
                "macvlan-mode",
                Group.LINKS,
                "The macvlan mode keeps siblings apart",
                "Both ends are macvlan children of one parent, and IFLA_MACVLAN_MODE is private or " + "vepa.",
                "Mode bridge on both.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.MacvlanMode.class)
                .map(apart -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s and %s are children of one parent in mode %s, in which siblings cannot talk on this host."
                                        .formatted(
                                                apart.from(),
                                                apart.to(),
                                                apart.mode() == Link.MACVLAN_PRIVATE ? "private" : "vepa"))
                        .because(dossier.bracket())
                        .because(
                                "link",
                                "macvlan mode " + apart.mode() + " between " + apart.from() + " and " + apart.to())
                        .mendedBy(Remedy.advice(
                                "change the mode to bridge",
                                Where.of(apart.from())
                                        .ip("ip link set " + apart.from().linkName() + " type macvlan mode bridge"))));
    }
}
