package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
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
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.NeighborStep;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Two interfaces on one segment have the same address. */
public final class DuplicateIp implements Fault {
    /** Stateless. */
    public DuplicateIp() {}

    @Override
    public Page page() {
        return new Page(
                "duplicate-ip",
                Group.LINKS,
                "Two owners of one address on a segment",
                "More than one MAC answers for an address on the way, and packets are seen entering the "
                        + "other owner's namespace. Nothing is dropped.",
                "One of the two gets another address; until then the right MAC can be pinned.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> heard = dossier.experiments().neighbors().stream()
                .filter(answers -> isSeveral(dossier, answers.macs()))
                .limit(1)
                .map(answers -> Finding.of(
                                this,
                                0.8,
                                "%s is used twice on the segment of %s: %s answer for it."
                                        .formatted(answers.address(), answers.link(), words(answers.macs())))
                        .because(dossier.bracket())
                        .because(
                                "neighbor",
                                "asked on %s who has %s: %s answered"
                                        .formatted(answers.link(), answers.address(), words(answers.macs())))
                        .mendedBy(Remedy.advice("give one of the two another address")));
        return Stream.concat(seen(dossier), heard).limit(1);
    }

    /** Whether more than one host has the MACs: no single namespace that can be seen has them all. */
    private static boolean isSeveral(Dossier dossier, List<MacAddress> macs) {
        return macs.size() > 1
                && dossier.before().namespaces().stream()
                        .noneMatch(state -> macs.stream()
                                .allMatch(mac -> state.links().stream()
                                        .anyMatch(link -> link.mac().equals(Optional.of(mac)))));
    }

    private static String words(List<MacAddress> macs) {
        return macs.stream().map(MacAddress::toString).collect(Collectors.joining(" and "));
    }

    private Stream<Finding> seen(Dossier dossier) {
        return Stream.concat(
                        dossier.prediction().request().elements(Stage.NeighborResolution.class).stream(),
                        dossier.prediction().reply().stream()
                                .flatMap(path -> path.elements(Stage.NeighborResolution.class).stream()))
                .filter(resolution -> owners(resolution).size() > 1)
                .limit(1)
                .map(resolution -> finding(dossier, resolution));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "siblings", Injection.Ask.CONTAINER_PINGS_WORLD, Verdict.MISDELIVERED, Side.REPLY, scene -> {
                            var twice = scene.containerAddress(Family.IPV4);
                            var second = scene.second().orElseThrow();
                            MacAddress wrong = scene.now(second)
                                    .link("eth0")
                                    .flatMap(link -> link.mac())
                                    .orElseThrow();
                            return List.of(
                                    new AddressStep.Add(second, "eth0", twice, true),
                                    new NeighborStep.Add(scene.node(), scene.bridge(), twice.address(), wrong));
                        })
                .openSide());
    }

    /** One answer a namespace: Linux answers on each of its interfaces for any of its addresses (arp_ignore 0), and is one owner still. */
    private static List<Stage.Answer> owners(Stage.NeighborResolution resolution) {
        var namespaces = new HashSet<Long>();
        return resolution.answers().stream()
                .filter(answer ->
                        !answer.proxy() && namespaces.add(answer.place().namespace()))
                .toList();
    }

    private Finding finding(Dossier dossier, Stage.NeighborResolution resolution) {
        List<Stage.Answer> owners = owners(resolution);
        long source = dossier.prediction().question().source();
        boolean strayed = dossier.hops().stream()
                .anyMatch(hop -> !hop.expected()
                        && hop.seen() > 0
                        && owners.stream()
                                .anyMatch(owner ->
                                        owner.place().namespace() == hop.hop().namespace()));
        boolean misdelivered = dossier.stop().obstacle().orElse(null) instanceof Obstacle.Misdelivered;
        Stage.Answer right = owners.stream()
                .filter(owner -> owner.place().namespace() == source)
                .findFirst()
                .orElse(owners.getFirst());
        String all = owners.stream()
                .map(owner -> owner.place() + " (" + owner.mac() + ")")
                .collect(Collectors.joining(" and "));
        Finding finding = Finding.of(
                        this,
                        strayed || misdelivered ? 0.97 : 0.6,
                        "%s is used twice on one segment: by %s. Whoever asks for it gets two answers, and packets go to whichever came last."
                                .formatted(resolution.nextHop(), all))
                .because(dossier.bracket())
                .because("neighbor", resolution.nextHop() + " is owned by " + all)
                .mendedBy(Remedy.of(
                                "pin the address to " + right.place() + " until one of the two gets another",
                                "network",
                                new NeighborStep.Add(
                                        Where.of(resolution.link()),
                                        resolution.link().linkName(),
                                        resolution.nextHop(),
                                        right.mac()))
                        .undoneBy(new NeighborStep.Delete(
                                Where.of(resolution.link()), resolution.link().linkName(), resolution.nextHop())));
        return strayed || misdelivered ? finding.as(Verdict.MISDELIVERED) : finding;
    }

    @Override
    public boolean isIntermittent() {
        return true;
    }
}
