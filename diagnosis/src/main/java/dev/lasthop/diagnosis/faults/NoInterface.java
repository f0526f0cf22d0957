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

/** A container that was started without a network. */
public final class NoInterface implements Fault {
    /** Stateless. */
    public NoInterface() {}

    @Override
    public Page page() {
        return new Page(
                "no-interface",
                Group.LINKS,
                "The namespace has no interface but lo",
                "The link dump of the source's namespace has the loopback only, as after --network " + "none.",
                "The namespace is connected to a network.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoInterface.class)
                .map(none -> Finding.of(
                                this,
                                0.97,
                                "%s has no network interface besides lo: it was never connected, or its interface was taken away."
                                        .formatted(none.namespaceName()))
                        .because("link", "the only interface of " + none.namespaceName() + " is lo")
                        .mendedBy(Remedy.advice(
                                "connect it to a network",
                                "lasthop network create NAME --subnet PREFIX",
                                "lasthop connect " + none.namespaceName() + " --network NAME")));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> List.of(new LinkStep.Delete(scene.container(), scene.containerLink())))
                .notMendable());
    }
}
