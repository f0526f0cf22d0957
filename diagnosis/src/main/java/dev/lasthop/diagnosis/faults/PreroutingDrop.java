package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** Dropped on arrival, before a route is looked up. */
public final class PreroutingDrop implements FilterFault {
    /** Stateless. */
    public PreroutingDrop() {}

    @Override
    public Page page() {
        return new Page(
                "prerouting-drop",
                Group.FIREWALL,
                "A prerouting chain drops the packet",
                "A chain at the prerouting hook drops it before any route is looked up: raw and mangle "
                        + "tables do (docker 28 protects published ports from direct routing that way), and often a "
                        + "set of blocked addresses.",
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
                        OwnTable.drop(scene.node(), OwnTable.Hook.PREROUTING, -300, scene.world(Family.IPV4)))));
    }
}
