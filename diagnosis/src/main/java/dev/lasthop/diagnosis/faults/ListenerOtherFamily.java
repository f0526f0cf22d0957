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

/** The service listens in the other family only. */
public final class ListenerOtherFamily implements Fault {
    /** Stateless. */
    public ListenerOtherFamily() {}

    @Override
    public Page page() {
        return new Page(
                "listener-other-family",
                Group.SOCKETS,
                "The service listens on the other address family only",
                "The port has a socket in the right namespace, of the other family (or IPv6 only).",
                "The service is bound to both families.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoListener.class)
                .filter(none -> !none.near().isEmpty()
                        && none.near().stream()
                                .allMatch(socket -> !socket.address().isLoopback()
                                        && socket.address().family()
                                                != none.address().family()))
                .map(none -> Finding.of(
                                this,
                                Math.max(dossier.agreement(), 0.9),
                                "A service listens on port %d in %s for the other address family only."
                                        .formatted(none.port(), none.namespaceName()))
                        .as(Verdict.REFUSED)
                        .on(Side.REQUEST)
                        .because(dossier.bracket())
                        .because(
                                "socket",
                                "port %d is bound to %s"
                                        .formatted(
                                                none.port(),
                                                none.near().getFirst().address()))
                        .mendedBy(Remedy.advice(
                                "bind the service to both families (a socket on :: without IPV6_V6ONLY takes both)")));
    }

    /** Nothing in the network is changed: the lab starts its service so. */
    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_CALLS_WORLD,
                        Verdict.REFUSED,
                        Side.REQUEST,
                        scene -> List.of())
                .lastSeenAt(At.OUTSIDE_IN)
                .notMendable());
    }
}
