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
import dev.lasthop.wiring.step.LinkStep;
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
        return dossier.obstacle(Obstacle.BridgeDown.class)
                .map(down -> Finding.of(
                                this,
                                dossier.agreement(),
                                "The bridge %s in %s is set down: its ports take frames in and none goes on."
                                        .formatted(
                                                down.bridge().linkName(),
                                                down.bridge().namespaceName()))
                        .because(dossier.bracket())
                        .because("link", down.bridge() + " has no IFF_UP")
                        .mendedBy(Remedy.of(
                                        "set " + down.bridge().linkName() + " up",
                                        "network",
                                        LinkStep.up(
                                                Where.of(down.bridge()),
                                                down.bridge().linkName()))
                                .undoneBy(LinkStep.down(
                                        Where.of(down.bridge()), down.bridge().linkName()))));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.NOT_SENT,
                Side.REQUEST,
                scene -> List.of(LinkStep.down(scene.node(), scene.bridge()))));
    }
}
