package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** It arrives, and the destination's INPUT drops it. */
public final class DestinationInputDrop implements FilterFault {
    /** Stateless. */
    public DestinationInputDrop() {}

    @Override
    public Page page() {
        return new Page(
                "destination-input-drop",
                Group.FIREWALL,
                "The destination's own input chain drops the packet",
                "The packet reaches the destination's namespace, and a chain at the input hook there " + "drops it.",
                ACCEPTED);
    }

    @Override
    public List<Injection> injections() {
        return List.of(
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(OwnTable.drop(
                                        scene.outside(), OwnTable.Hook.INPUT, 0, scene.world(Family.IPV4))))
                        .lastSeenAt(At.OUTSIDE_IN),
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_CALLS_WORLD,
                                Verdict.DROPPED,
                                Side.REPLY,
                                scene -> List.of(OwnTable.drop(
                                        scene.container(),
                                        OwnTable.Hook.INPUT,
                                        0,
                                        scene.containerAddress(Family.IPV4).address())))
                        .lastSeenAt(At.CONTAINER_IN));
    }
}
