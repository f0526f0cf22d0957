package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** A rule at a router drops what it should forward. */
public final class ForwardRuleDrop implements FilterFault {
    /** Stateless. */
    public ForwardRuleDrop() {}

    @Override
    public Page page() {
        return new Page(
                "forward-rule-drop",
                Group.FIREWALL,
                "A rule on the forward path drops the packet",
                "A rule (not a policy) of a chain at the forward hook, or of one that it jumps to, drops. "
                        + "The finding names the rule, its chain and, where names tell, the program that made it.",
                ACCEPTED);
    }

    @Override
    public List<Injection> injections() {
        return Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(OwnTable.drop(scene.node(), OwnTable.Hook.FORWARD, 0, scene.world(family))))
                .lastSeenAt(At.BRIDGE_IN));
    }
}
