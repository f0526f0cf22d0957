package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.netlink.nftables.TableFamily;
import java.util.List;

/** Dropped by the bridge's own packet filter. */
public final class L2FilterDrop implements FilterFault {
    /** Stateless. */
    public L2FilterDrop() {}

    @Override
    public Page page() {
        return new Page(
                "l2-filter-drop",
                Group.LINKS,
                "A rule of family bridge (or ebtables) drops the frame",
                "A chain of family bridge drops the frame on its way through (or into) the bridge.",
                "A rule that accepts this flow alone is put before it.");
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "siblings", Injection.Ask.CONTAINER_PINGS_SECOND, Verdict.DROPPED, Side.REQUEST, scene -> {
                            OwnTable own = OwnTable.filter(
                                    scene.node(), TableFamily.BRIDGE, OwnTable.BROKEN, OwnTable.Hook.FORWARD, 0);
                            Prefix second = Prefix.of(scene.secondAddress(Family.IPV4)
                                    .orElseThrow()
                                    .address());
                            return List.of(own.with(
                                            own.rule()
                                                    .destination(second)
                                                    .counter()
                                                    .drop(),
                                            "ip daddr " + second.address() + " counter drop")
                                    .step());
                        })
                .lastSeenAt(At.HOST_END_IN));
    }
}
