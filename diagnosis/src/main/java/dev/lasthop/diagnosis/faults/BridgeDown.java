package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The bridge is set down. */
public final class BridgeDown implements Fault {
    /** Stateless. */
    public BridgeDown() {}

    @Override
    public Page page() {
        return new Page(
                "bridge-down",
                Group.LINKS,
                "The bridge is down",
                "IFF_UP is missing on the bridge; its ports are up and forward nothing.",
                "The bridge is set up.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> met = dossier.obstacle(Obstacle.BridgeDown.class)
                .map(down -> finding(dossier, down.bridge(), dossier.agreement()));
        Stream<Finding> missed = LostRoute.in(dossier).stream()
                .filter(lost -> !lost.up() && lost.isOverBridge())
                .map(lost -> lost.bracket(finding(dossier, lost.link(), 0.97).because("route", lost.words())));
        return Stream.concat(met, missed).limit(1);
    }

    private Finding finding(Dossier dossier, Place bridge, double confidence) {
        return Finding.of(
                        this,
                        confidence,
                        "The bridge %s in %s is set down: its ports take frames in and none goes on."
                                .formatted(bridge.linkName(), bridge.namespaceName()))
                .because(dossier.bracket())
                .because("link", bridge + " has no IFF_UP")
                .mendedBy(Remedy.of("set " + bridge.linkName() + " up", "network", steps(dossier, bridge))
                        .undoneBy(LinkStep.down(Where.of(bridge), bridge.linkName())));
    }

    /** An interface that is set down loses its IPv6 addresses. */
    private static List<Step> steps(Dossier dossier, Place bridge) {
        var steps = new ArrayList<Step>();
        steps.add(LinkStep.up(Where.of(bridge), bridge.linkName()));
        steps.addAll(LostGateway.on(dossier, bridge, Family.IPV6));
        return steps;
    }

    @Override
    public List<Injection> injections() {
        List<Injection> asked = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(scene, LinkStep.down(scene.node(), scene.bridge())))
                .lastSeenAt(At.CONTAINER_OUT));
        List<Injection> remembered = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> NeighborMemory.kept(scene, family, LinkStep.down(scene.node(), scene.bridge())))
                .lastSeenAt(At.HOST_END_IN));
        return Injection.across(
                Stream.concat(asked.stream(), remembered.stream()).toList(),
                "siblings",
                "two-bridges",
                "published",
                "two-networks");
    }
}
