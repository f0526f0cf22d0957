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

/** Nobody listens on the port. */
public final class NoListener implements Fault {
    /** Stateless. */
    public NoListener() {}

    @Override
    public Page page() {
        return new Page(
                "no-listener",
                Group.SOCKETS,
                "Nobody listens on the port",
                "The packet is delivered to the right namespace, where no socket is bound to the port; "
                        + "the kernel answers with a reset or a port-unreachable (NO_SOCKET).",
                "The service is started.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoListener.class)
                .filter(none -> none.near().isEmpty() && !PublishMissing.applies(dossier, none))
                .map(none -> Finding.of(
                                this,
                                Math.max(dossier.agreement(), 0.9),
                                "The packets reach %s, and nothing listens on %s port %d there."
                                        .formatted(none.namespaceName(), none.protocol(), none.port()))
                        .as(Verdict.REFUSED)
                        .on(Side.REQUEST)
                        .because(dossier.bracket())
                        .because(
                                "socket",
                                "no %s socket on port %d in %s"
                                        .formatted(none.protocol(), none.port(), none.namespaceName()))
                        .mendedBy(Remedy.advice("start the service in " + none.namespaceName())));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_CALLS_WORLD,
                        Verdict.REFUSED,
                        Side.REQUEST,
                        scene -> List.of())
                .notMendable());
    }
}
