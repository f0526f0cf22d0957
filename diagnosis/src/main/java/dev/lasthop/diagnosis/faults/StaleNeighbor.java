package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
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
import dev.lasthop.path.Place;
import dev.lasthop.topology.Neighbor;
import dev.lasthop.wiring.step.NeighborStep;
import java.util.List;
import java.util.stream.Stream;

/** A neighbour entry has the wrong MAC. */
public final class StaleNeighbor implements Fault {
    /** Stateless. */
    public StaleNeighbor() {}

    @Override
    public Page page() {
        return new Page(
                "stale-neighbor",
                Group.LINKS,
                "The neighbour entry has a MAC that is not the next hop's",
                "The entry's link-layer address belongs to nobody, or to somebody else, while the owner "
                        + "of the address on the segment has another one. The kernel says OTHERHOST, or nothing.",
                "The entry is deleted, so that the address is asked for again.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(misaddressed(dossier), detour(dossier)).limit(1);
    }

    /** The frames go to another interface that takes them in, and what becomes of them there looks like another fault. */
    private Stream<Finding> detour(Dossier dossier) {
        return Detour.in(dossier).stream().map(detour -> {
            var used = detour.entry();
            var owner = detour.owner().place();
            String taker = detour.taker(dossier).map(place -> place + "'s").orElse("another's");
            Finding finding = Finding.of(
                            this,
                            0.97,
                            "%s believes that %s is at %s, which is %s; %s has that address, at %s. The packets make a detour, and are lost on it; without the entry they would pass."
                                    .formatted(
                                            used.link(),
                                            used.nextHop(),
                                            used.used(),
                                            taker,
                                            owner,
                                            detour.owner().mac()))
                    .because(dossier.bracket())
                    .because(
                            "neighbor",
                            entry(used.link(), used.nextHop(), used.entry().orElseThrow(), used.used()));
            if (dossier.stop().side() == Side.REPLY && detour.isTrackedOnBridge(dossier)) {
                finding = finding.because(
                        "sysctl",
                        "%s has its bridges' packets tracked before they are routed (bridge-nf-call-iptables 1): a source that was not translated on the bridge is not translated later"
                                .formatted(owner.namespaceName()));
            }
            Remedy remedy = forget(used.link(), used.nextHop(), used.used());
            return finding.mendedBy(
                    detour.answering().isEmpty()
                            ? remedy
                            : remedy.persistently(
                                    "%s answers for the address on each of its interfaces: put 'net.ipv4.conf.all.arp_ignore = 1' into its /etc/sysctl.d/"
                                            .formatted(owner.namespaceName())));
        });
    }

    private static String entry(Place from, IpAddress nextHop, Neighbor entry, MacAddress mac) {
        return "%s lladdr %s on %s%s".formatted(nextHop, mac, from, entry.isStatic() ? ", permanent" : "");
    }

    private static Remedy forget(Place from, IpAddress nextHop, MacAddress mac) {
        return Remedy.of(
                        "delete the entry, so that the address is asked for again",
                        "flow",
                        new NeighborStep.Delete(Where.of(from), from.linkName(), nextHop))
                .undoneBy(new NeighborStep.Add(Where.of(from), from.linkName(), nextHop, mac));
    }

    private Stream<Finding> misaddressed(Dossier dossier) {
        return dossier.obstacle(Obstacle.WrongMac.class)
                .filter(wrong -> wrong.entry().isPresent()
                        && !wrong.owners().isEmpty()
                        && LooseEnd.in(dossier).isEmpty())
                .filter(wrong -> wrong.holders().isEmpty()
                        || wrong.owners().stream()
                                .noneMatch(owner -> wrong.holders().contains(owner)))
                .map(wrong -> {
                    String holder = wrong.holders().isEmpty()
                            ? "nobody has that address"
                            : "that address is " + wrong.holders().getFirst() + "'s";
                    return Finding.of(
                                    this,
                                    dossier.agreement(),
                                    "%s believes that %s is at %s, and %s: its frames go nowhere."
                                            .formatted(wrong.from(), wrong.nextHop(), wrong.mac(), holder))
                            .because(dossier.bracket())
                            .because(
                                    "neighbor",
                                    entry(
                                            wrong.from(),
                                            wrong.nextHop(),
                                            wrong.entry().orElseThrow(),
                                            wrong.mac()))
                            .mendedBy(forget(wrong.from(), wrong.nextHop(), wrong.mac()));
                });
    }

    @Override
    public List<Injection> injections() {
        MacAddress nobody = MacAddress.parse("02:00:00:00:00:99");
        List<Injection> gateway = Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(new NeighborStep.Add(
                                        scene.container(),
                                        scene.containerLink(),
                                        scene.gateway(family).address(),
                                        nobody)))
                        .lastSeenAt(At.HOST_END_IN)),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "routed");
        List<Injection> container = Injection.inEach(family -> Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.DROPPED,
                Side.REPLY,
                scene -> List.of(new NeighborStep.Add(
                        scene.node(),
                        scene.bridge(),
                        scene.containerAddress(family).address(),
                        nobody))));
        List<Injection> sibling = List.of(Injection.of(
                        "siblings",
                        Injection.Ask.CONTAINER_PINGS_SECOND,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(new NeighborStep.Add(
                                scene.container(),
                                scene.containerLink(),
                                scene.secondAddress(Family.IPV4).orElseThrow().address(),
                                nobody)))
                .lastSeenAt(At.HOST_END_IN));
        return Stream.of(gateway, container, sibling).flatMap(List::stream).toList();
    }
}
