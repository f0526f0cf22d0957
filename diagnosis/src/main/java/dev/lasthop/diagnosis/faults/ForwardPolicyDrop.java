package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.netlink.nftables.TableFamily;
import java.util.List;

/** A router forwards only what a rule accepts, and none accepts this. */
public final class ForwardPolicyDrop implements FilterFault {
    /** Stateless. */
    public ForwardPolicyDrop() {}

    @Override
    public Page page() {
        return new Page(
                "forward-policy-drop",
                Group.FIREWALL,
                "The policy of a forward chain drops the packet",
                "No rule of a base chain at the forward hook takes the packet, and the chain's policy is "
                        + "to drop. Seen in on one interface and never out; NETFILTER_DROP, as for eight other "
                        + "causes; the trace of nf_tables (or the tables of iptables-legacy) names the policy.",
                "A rule that accepts this flow alone is put at the end of that chain, and one for its "
                        + "replies. The policy stays: it guards others.");
    }

    @Override
    public List<Injection> injections() {
        return Injection.inEach(_ -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(OwnTable.dropping(
                                        scene.node(), TableFamily.INET, OwnTable.BROKEN, OwnTable.Hook.FORWARD, 0)
                                .step()))
                .lastSeenAt(At.BRIDGE_IN));
    }
}
