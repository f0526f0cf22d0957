package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** Dropped because tracking has seen only one half of the conversation. */
public final class ConntrackInvalid implements FilterFault {
    /** Stateless. */
    public ConntrackInvalid() {}

    @Override
    public Page page() {
        return new Page(
                "conntrack-invalid",
                Group.FIREWALL,
                "Connection tracking takes the packet for invalid, and a rule drops invalid ones",
                "The rule that drops asks for ct state invalid: the conversation's other half takes "
                        + "another way, the segment is outside the window, or its checksum is wrong.",
                "This flow is accepted before that rule; for TCP outside the window, "
                        + "nf_conntrack_tcp_be_liberal.");
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "routed",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REPLY,
                        scene -> List.copyOf(OwnTable.untracked(scene.node(), scene.world(Family.IPV4))))
                .lastSeenAt(At.UPLINK_IN));
    }
}
