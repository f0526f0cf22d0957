package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** A container calls its own node, whose INPUT drops. */
public final class InputDrop implements FilterFault {
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
                ACCEPTED);
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
                .lastSeenAt(At.BRIDGE_IN));
    }
}
