package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** A rule lets so much pass and no more. */
public final class RateLimited implements FilterFault {
    /** Stateless. */
    public RateLimited() {}

    @Override
    public Page page() {
        return new Page(
                "rate-limited",
                Group.FIREWALL,
                "A limit lets a part of the packets pass only",
                "The rule that drops has a limit (rate, number of connections, quota, random share), or "
                        + "catches what such a rule no longer accepts; its counter grows while others pass.",
                "The flow is accepted before the limit, or the limit is raised.");
    }

    @Override
    public boolean isIntermittent() {
        return true;
    }

    @Override
    public List<Injection> injections() {
        return List.of(
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DEGRADED,
                                Side.REQUEST,
                                scene -> List.of(OwnTable.dropHalf(scene.node(), scene.world(Family.IPV4))))
                        .openSide(),
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(OwnTable.dropBeyond(scene.node(), scene.world(Family.IPV4))))
                        .lastSeenAt(At.BRIDGE_IN));
    }
}
