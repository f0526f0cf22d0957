package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;
import java.util.stream.Stream;

/** A container calls its own node, whose INPUT drops. */
public final class InputDrop implements Fault {
    /** Stateless. */
    public InputDrop() {}

    @Override
    public Page page() {
        return new Page(
                "input-drop",
                Group.FIREWALL,
                "The node drops what a container sends to the node itself",
                "The packet is for one of the node's own addresses, comes in by the container's bridge, "
                        + "and a chain at the input hook drops it.",
                "A rule that accepts this flow alone is put before it, in the chain that drops.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return FilterDrops.in(dossier, id()).map(drop -> drop.finding(this, dossier));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_GATEWAY,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(OwnTable.drop(
                                scene.node(),
                                OwnTable.Hook.INPUT,
                                0,
                                scene.gateway(Family.IPV4).address())))
                .lastSeenAt(scene -> scene.node().label() + " " + scene.bridge() + " in"));
    }
}
