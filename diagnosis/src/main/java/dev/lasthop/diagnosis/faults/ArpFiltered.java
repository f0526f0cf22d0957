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
import dev.lasthop.path.Place;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** The owner of an address hears the question for it, and a setting or a rule keeps it from answering. */
public final class ArpFiltered implements Fault {
    /** Stateless. */
    public ArpFiltered() {}

    @Override
    public Page page() {
        return new Page(
                "arp-filtered",
                Group.ADDRESSES,
                "The owner of an address may not answer ARP or ND",
                "The question reaches the owner, and no answer leaves it: arp_ignore, arp_filter, the NOARP flag, or a rule of the arp "
                        + "tables.",
                "The setting or flag is taken back. Another's rule is left to its owner, and named.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> owners = dossier.obstacle(Obstacle.SilentOwner.class)
                .filter(silent -> silent.silence() != Obstacle.Silence.REVERSE_PATH)
                .map(silent -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s asks for %s on its link. %s has that address, hears the question and does not answer: %s."
                                        .formatted(silent.from(), silent.wanted(), silent.owner(), silent.detail()))
                        .because(dossier.bracket())
                        .because("neighbor", silent.owner() + " does not answer: " + silent.detail())
                        .mendedBy(remedy(dossier, silent)));
        Stream<Finding> rules = dossier.obstacle(Obstacle.ArpFiltered.class)
                .map(filtered -> Finding.of(
                                this,
                                dossier.agreement(),
                                "In %s a rule drops the ARP that has to come before any packet: %s."
                                        .formatted(
                                                filtered.namespaceName(),
                                                filtered.by().text()))
                        .because(dossier.bracket())
                        .because("rule", filtered.by().text())
                        .mendedBy(advice(filtered.by().text())));
        return Stream.concat(owners, rules).limit(1);
    }

    private static Remedy advice(String rule) {
        return Remedy.advice("accept ARP (for IPv6, neighbour discovery) before what drops it: " + rule);
    }

    private static Remedy remedy(Dossier dossier, Obstacle.SilentOwner silent) {
        return switch (silent.silence()) {
            case ARP_IGNORE -> setting(dossier, silent.owner(), "arp_ignore");
            case ARP_FILTER_SETTING -> setting(dossier, silent.owner(), "arp_filter");
            case NO_ARP_FLAG ->
                Remedy.of(
                        "let " + silent.owner().linkName() + " take part in ARP",
                        "interface",
                        new LinkStep.Flag(
                                Where.of(silent.owner()), silent.owner().linkName(), LinkStep.LinkFlag.NO_ARP, false));
            case REVERSE_PATH, FILTER -> advice(silent.detail());
        };
    }

    /** The larger of the values for all and for the interface counts: those that are set are taken back. */
    private static Remedy setting(Dossier dossier, Place owner, String setting) {
        List<Step> steps = Stream.of("all", owner.linkName())
                .filter(link -> dossier.namespace(owner.namespace())
                        .filter(state -> state.sysctls().ipv4(link, setting) != 0)
                        .isPresent())
                .<Step>map(link -> new SysctlStep(Where.of(owner), "net.ipv4.conf." + link + "." + setting, "0"))
                .toList();
        return Remedy.of("let " + owner.linkName() + " answer for the addresses of its host", "namespace", steps);
    }

    @Override
    public List<Injection> injections() {
        Injection ignored = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(
                                scene, new SysctlStep(scene.node(), "net.ipv4.conf.all.arp_ignore", "8")))
                .lastSeenAt(At.CONTAINER_OUT);
        Injection off = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(
                                scene, new LinkStep.Flag(scene.node(), scene.bridge(), LinkStep.LinkFlag.NO_ARP, true)))
                .lastSeenAt(At.CONTAINER_OUT);
        return Injection.across(List.of(ignored, off), "siblings", "two-bridges", "published", "two-networks");
    }
}
