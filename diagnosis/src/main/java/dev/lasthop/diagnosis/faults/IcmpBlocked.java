package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Evidence;
import dev.lasthop.diagnosis.Experiments;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.tracing.Sighting;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** Ping is not answered, and the path is not to blame. */
public final class IcmpBlocked implements Fault {
    /** Stateless. */
    public IcmpBlocked() {}

    @Override
    public Page page() {
        return new Page(
                "icmp-blocked",
                Group.SOCKETS,
                "ICMP is blocked, not the path",
                "Echo requests are dropped by a rule that is about ICMP, or ignored by the destination "
                        + "(icmp_echo_ignore_all), and another protocol would pass: a failing ping says nothing "
                        + "about the path.",
                "Where ping is wanted, the setting is taken back, or the flow's ICMP is accepted before "
                        + "the rule.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> ignored = dossier.obstacle(Obstacle.EchoIgnored.class).map(silent -> {
            String key = silent.setting().replace('/', '.');
            var place = dev.lasthop.wiring.step.Place.parse(silent.namespaceName());
            return Finding.of(
                            this,
                            Math.max(dossier.agreement(), 0.9),
                            "The pings reach %s, which is told not to answer any (%s is 1). Other traffic is not touched by that."
                                    .formatted(silent.namespaceName(), key))
                    .because(dossier.bracket())
                    .because("sysctl", key + " is 1 in " + silent.namespaceName())
                    .as(Verdict.NO_REPLY)
                    .on(Side.REPLY)
                    .mendedBy(Remedy.of("answer pings again", "namespace", new SysctlStep(place, key, "0"))
                            .undoneBy(new SysctlStep(place, key, "1")));
        });
        return Stream.of(
                        ignored,
                        FilterDrops.in(dossier, id())
                                .map(drop -> drop.finding(this, dossier).because(tried(dossier))),
                        unseen(dossier))
                .flatMap(found -> found);
    }

    /** Whether another protocol got an answer from the same place. */
    static boolean othersPass(Dossier dossier) {
        return dossier.experiments()
                .otherProtocol()
                .filter(Experiments.OtherProtocol::works)
                .isPresent();
    }

    private static List<Evidence> tried(Dossier dossier) {
        return dossier.experiments().otherProtocol().filter(Experiments.OtherProtocol::works).stream()
                .map(other -> new Evidence(
                        "seen",
                        other.what() + " is answered by " + dossier.asked().address()))
                .toList();
    }

    /** Nothing that can be seen stops the pings, they are not answered, and another protocol is: somebody out of sight blocks ICMP. */
    private Stream<Finding> unseen(Dossier dossier) {
        boolean foreseen = dossier.stop().obstacle().isPresent();
        if (foreseen || !othersPass(dossier) || dossier.observation().answered() > 0 || isDropped(dossier)) {
            return Stream.empty();
        }
        return Stream.of(Finding.of(
                        this,
                        0.92,
                        "Pings to %s are not answered, and a TCP probe to the same address is: the path is whole there and back, and somebody on it, or the destination, blocks ICMP."
                                .formatted(dossier.asked().address()))
                .because(dossier.bracket())
                .because(tried(dossier))
                .mendedBy(Remedy.advice("use another protocol to try this path: lasthop diagnose "
                        + dossier.asked().source() + " " + dossier.asked().address() + ":80")));
    }

    private static boolean isDropped(Dossier dossier) {
        return dossier.observation().drops().stream()
                .anyMatch(drop ->
                        drop.kind() == Sighting.Kind.REQUEST && !drop.reason().equals("NO_SOCKET"));
    }

    @Override
    public List<Injection> injections() {
        return List.of(
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.NO_REPLY,
                                Side.REQUEST,
                                scene -> List.of(new SysctlStep(scene.outside(), "net.ipv4.icmp_echo_ignore_all", "1")))
                        .openSide(),
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(OwnTable.dropEcho(scene.node(), OwnTable.Hook.FORWARD)))
                        .lastSeenAt(At.BRIDGE_IN));
    }
}
