package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import java.util.List;
import java.util.stream.Stream;

/** Spanning tree holds a port back. */
public final class StpNotForwarding implements Fault {
    /** Stateless. */
    public StpNotForwarding() {}

    @Override
    public Page page() {
        return new Page(
                "stp-not-forwarding",
                Group.LINKS,
                "A bridge port is not forwarding",
                "IFLA_BRPORT_STATE is listening, learning, blocking or disabled; the kernel says "
                        + "BRIDGE_INGRESS_STP_STATE.",
                "The forward delay is awaited or set to 0; a loop is broken.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.PortBlocked.class)
                .map(blocked -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s is a port of %s in state %s: it forwards nothing until spanning tree lets it."
                                        .formatted(
                                                blocked.port(),
                                                blocked.bridge().linkName(),
                                                List.of("disabled", "listening", "learning", "forwarding", "blocking")
                                                        .get(Math.clamp(blocked.state(), 0, 4))))
                        .because(dossier.bracket())
                        .because("link", "bridge port state " + blocked.state() + " on " + blocked.port())
                        .mendedBy(Remedy.advice(
                                "wait for the forward delay, or set it to 0 where there can be no loop",
                                "ip link set " + blocked.bridge().linkName() + " type bridge forward_delay 0")));
    }

    @Override
    public boolean isIntermittent() {
        return true;
    }
}
