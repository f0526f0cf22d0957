package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;

/** Frames between two ports of a bridge are filtered as if they were forwarded. */
public final class BridgeNetfilter implements FilterFault {
    /** Stateless. */
    public BridgeNetfilter() {}

    @Override
    public Page page() {
        return new Page(
                "bridge-netfilter",
                Group.LINKS,
                "The IP firewall drops what stays on one bridge",
                "net.bridge.bridge-nf-call-iptables (or ip6tables) is 1, so that frames between two ports "
                        + "of one bridge are shown to the IP forward chains, and one of these drops.",
                "The flow is accepted in that chain; or the sysctl is switched off where nothing needs " + "it.");
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "siblings",
                        Injection.Ask.CONTAINER_PINGS_SECOND,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(
                                new SysctlStep(scene.node(), "net.bridge.bridge-nf-call-iptables", "1"),
                                OwnTable.dropping(
                                                scene.node(),
                                                TableFamily.INET,
                                                OwnTable.BROKEN,
                                                OwnTable.Hook.FORWARD,
                                                0)
                                        .step()))
                .lastSeenAt(At.HOST_END_IN));
    }
}
