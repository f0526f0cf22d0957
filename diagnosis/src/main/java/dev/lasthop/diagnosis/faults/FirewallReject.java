package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** Dropped with an answer. */
public final class FirewallReject implements FilterFault {
    /** Stateless. */
    public FirewallReject() {}

    @Override
    public Page page() {
        return new Page(
                "firewall-reject",
                Group.FIREWALL,
                "A rule rejects the packet",
                "A rule drops and tells the sender: a TCP reset, or an ICMP error of prohibition or "
                        + "unreachability, sent from the place of the drop and not from the destination.",
                ACCEPTED);
    }

    @Override
    public List<Injection> injections() {
        return List.of(
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.REFUSED,
                                Side.REQUEST,
                                scene -> List.of(
                                        OwnTable.reject(scene.node(), OwnTable.Hook.FORWARD, scene.world(Family.IPV4))))
                        .lastSeenAt(At.BRIDGE_IN),
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_CALLS_WORLD,
                                Verdict.REFUSED,
                                Side.REQUEST,
                                scene -> List.of(OwnTable.reject(
                                        scene.outside(), OwnTable.Hook.INPUT, scene.world(Family.IPV4))))
                        .lastSeenAt(At.OUTSIDE_IN));
    }
}
