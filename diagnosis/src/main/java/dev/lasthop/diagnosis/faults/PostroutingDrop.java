package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** Dropped right before it leaves. */
public final class PostroutingDrop implements FilterFault {
    /** Stateless. */
    public PostroutingDrop() {}

    @Override
    public Page page() {
        return new Page(
                "postrouting-drop",
                Group.FIREWALL,
                "A postrouting chain drops the packet",
                "A chain at the postrouting hook drops it after it was routed and accepted everywhere "
                        + "else; it is never seen going out.",
                ACCEPTED);
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(
                                OwnTable.drop(scene.node(), OwnTable.Hook.POSTROUTING, 0, scene.world(Family.IPV4))))
                .lastSeenAt(At.BRIDGE_IN));
    }
}
