package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.netlink.nftables.TableFamily;
import java.util.List;

/** Accepted by one table, dropped by the next. */
public final class AcceptNotFinal implements FilterFault {
    /** Stateless. */
    public AcceptNotFinal() {}

    @Override
    public Page page() {
        return new Page(
                "accept-not-final",
                Group.FIREWALL,
                "Accepted in one base chain, dropped in a later one",
                "A rule accepts the packet in one base chain, and a base chain of another table that is "
                        + "asked later at the same hook drops it. An accept ends its own chain only; a drop is "
                        + "final.",
                "The flow is accepted in the table that drops, too.");
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge", Injection.Ask.CONTAINER_PINGS_WORLD, Verdict.DROPPED, Side.REQUEST, scene -> {
                            OwnTable early = OwnTable.filter(
                                    scene.node(), TableFamily.INET, "lasthop_lab_early", OwnTable.Hook.FORWARD, -10);
                            return List.of(
                                    early.with(
                                                    early.rule()
                                                            .inputName(scene.bridge())
                                                            .accept(),
                                                    "iifname " + scene.bridge() + " accept")
                                            .step(),
                                    OwnTable.dropping(
                                                    scene.node(),
                                                    TableFamily.INET,
                                                    OwnTable.BROKEN,
                                                    OwnTable.Hook.FORWARD,
                                                    10)
                                            .step());
                        })
                .lastSeenAt(At.BRIDGE_IN));
    }
}
