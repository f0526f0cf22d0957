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

/** The service listens on its namespace's loopback only. */
public final class ListenerOnLoopback implements Fault {
    /** Stateless. */
    public ListenerOnLoopback() {}

    @Override
    public Page page() {
        return new Page(
                "listener-on-loopback",
                Group.SOCKETS,
                "The service listens on 127.0.0.1 only",
                "The port has a socket in the right namespace, bound to a loopback address: from "
                        + "outside it is as closed as if there were none.",
                "The service is bound to 0.0.0.0 (or its address).");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoListener.class)
                .filter(none ->
                        none.near().stream().anyMatch(socket -> socket.address().isLoopback()))
                .map(none -> Finding.of(
                                this,
                                Math.max(dossier.agreement(), 0.9),
                                "A service listens on port %d in %s, but on %s only: nothing from outside that namespace can reach it."
                                        .formatted(
                                                none.port(),
                                                none.namespaceName(),
                                                none.near().stream()
                                                        .filter(socket ->
                                                                socket.address().isLoopback())
                                                        .findFirst()
                                                        .orElseThrow()
                                                        .address()))
                        .as(Verdict.REFUSED)
                        .on(Side.REQUEST)
                        .because(dossier.bracket())
                        .because(
                                "socket",
                                "%s port %d is bound to the loopback in %s"
                                        .formatted(none.protocol(), none.port(), none.namespaceName()))
                        .mendedBy(Remedy.advice("bind the service to 0.0.0.0 (or ::) instead of the loopback")));
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
