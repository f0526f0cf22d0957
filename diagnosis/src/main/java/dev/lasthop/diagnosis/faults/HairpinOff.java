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

/** A frame would have to leave by the port that it came in by. */
public final class HairpinOff implements Fault {
    /** Stateless. */
    public HairpinOff() {}

    @Override
    public Page page() {
        return new Page(
                "hairpin-off",
                Group.LINKS,
                "The bridge port does not turn frames round",
                "The translated destination is behind the port that the packet came in by, and "
                        + "IFLA_BRPORT_MODE (hairpin) is 0.",
                "Hairpin mode is switched on for the port, or the connection is masqueraded.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.HairpinOff.class)
                .map(off -> Finding.of(
                                this,
                                dossier.agreement(),
                                "The packet comes in by %s and its destination is behind the same port: a bridge does not send a frame back where it came from unless hairpin mode is on."
                                        .formatted(off.port()))
                        .because(dossier.bracket())
                        .because("link", "hairpin is off on " + off.port())
                        .mendedBy(Remedy.of(
                                "switch hairpin mode on for " + off.port().linkName(),
                                "interface",
                                new LinkStep.PortOption(
                                        Where.of(off.port()),
                                        off.port().linkName(),
                                        LinkStep.BridgePortOption.HAIRPIN,
                                        1))));
    }
}
