package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.TableFamily;
import java.util.List;
import java.util.stream.Stream;

/** A rule lets so much pass and no more. */
public final class RateLimited implements Fault {
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
    public Stream<Finding> examine(Dossier dossier) {
        return FilterDrops.in(dossier, id()).map(drop -> drop.finding(this, dossier));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge", Injection.Ask.CONTAINER_PINGS_WORLD, Verdict.DEGRADED, Side.REQUEST, scene -> {
                            OwnTable own = OwnTable.filter(
                                    scene.node(), TableFamily.INET, OwnTable.BROKEN, OwnTable.Hook.FORWARD, 0);
                            return List.of(own.with(
                                            own.rule()
                                                    .destination(Prefix.of(scene.world(Family.IPV4)))
                                                    .step(new Check.Limit(1, 3600, 1, false, true))
                                                    .drop(),
                                            "ip daddr " + scene.world(Family.IPV4)
                                                    + " limit rate over 1/hour burst 1 packets drop")
                                    .step());
                        })
                .openSide());
    }
}
