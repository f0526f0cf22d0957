package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;
import java.util.stream.Stream;

/** A rule at a router drops what it should forward. */
public final class ForwardRuleDrop implements Fault {
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
                "A rule that accepts this flow alone is put before it, in the chain that drops.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return FilterDrops.in(dossier, id()).map(drop -> drop.finding(this, dossier));
    }

    @Override
    public List<Injection> injections() {
        return List.of(
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(OwnTable.drop(
                                        scene.node(), OwnTable.Hook.FORWARD, 0, scene.world(Family.IPV4))))
                        .lastSeenAt(scene -> scene.node().label() + " " + scene.bridge() + " in"),
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(OwnTable.drop(
                                        scene.node(), OwnTable.Hook.FORWARD, 0, scene.world(Family.IPV6))))
                        .in(Family.IPV6)
                        .lastSeenAt(scene -> scene.node().label() + " " + scene.bridge() + " in"));
    }
}
