package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** Dropped where it is sent, before any frame leaves. */
public final class OutputDrop implements FilterFault {
    /** Stateless. */
    public OutputDrop() {}

    @Override
    public Page page() {
        return new Page(
                "output-drop",
                Group.FIREWALL,
                "The sender's own output chain drops the packet",
                "A chain at the output hook in the sender's own namespace drops it: no frame leaves, and "
                        + "the application may see EPERM.",
                ACCEPTED);
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> List.of(
                                OwnTable.drop(scene.container(), OwnTable.Hook.OUTPUT, 0, scene.world(Family.IPV4))))
                .lastSeenAt(At.CONTAINER_OUT));
    }
}
