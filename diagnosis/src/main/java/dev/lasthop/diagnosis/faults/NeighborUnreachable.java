package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import java.util.List;
import java.util.stream.Stream;

/** The next hop is silent, and nothing here explains it. */
public final class NeighborUnreachable implements Fault {
    /** Stateless. */
    public NeighborUnreachable() {}

    @Override
    public Page page() {
        return new Page(
                "neighbor-unreachable",
                Group.ADDRESSES,
                "The next hop does not answer",
                "ARP or ND for the next hop is seen leaving and never answered, nobody that can be seen "
                        + "has the address, and no fault of this host explains it.",
                "What is wrong is at the next hop: its address, its cable, its VLAN.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(asked(dossier), remembered(dossier)).limit(1);
    }

    /** Its MAC is still remembered, and is nobody's any more; nor is the address. */
    private Stream<Finding> remembered(Dossier dossier) {
        return dossier.obstacle(Obstacle.WrongMac.class)
                .filter(wrong -> wrong.entry().isPresent()
                        && wrong.owners().isEmpty()
                        && wrong.holders().isEmpty()
                        && LooseEnd.in(dossier).isEmpty())
                .map(wrong -> Finding.of(
                                this,
                                dossier.agreement() * 0.95,
                                "%s remembers %s at %s, and nobody there has that address any more, nor that MAC: the next hop is gone."
                                        .formatted(wrong.from(), wrong.nextHop(), wrong.mac()))
                        .because(dossier.bracket())
                        .because("neighbor", wrong.nextHop() + " lladdr " + wrong.mac() + " on " + wrong.from())
                        .mendedBy(Remedy.advice("see to " + wrong.nextHop() + ": is it up, and on this segment?")));
    }

    private Stream<Finding> asked(Dossier dossier) {
        return Unanswered.in(dossier, Unanswered.Cause.NEIGHBOR_UNREACHABLE)
                .filter(found -> StrayedPeer.in(dossier).isEmpty())
                .map(found -> Finding.of(
                                this,
                                dossier.agreement() * 0.95,
                                "%s asks for %s on %s and nobody answers. Nothing on this host explains that: the next hop is off, has another address, or is on another segment."
                                        .formatted(
                                                found.what().from().namespaceName(),
                                                found.what().wanted(),
                                                found.what().from().linkName()))
                        .because(dossier.bracket())
                        .because(
                                "neighbor",
                                "nobody answers for " + found.what().wanted() + " on "
                                        + found.what().from())
                        .mendedBy(
                                Remedy.advice("see to " + found.what().wanted() + ": is it up, and on this segment?")));
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_NOBODY,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of())
                        .lastSeenAt(At.BRIDGE_IN)
                        .notMendable()),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "routed");
    }
}
