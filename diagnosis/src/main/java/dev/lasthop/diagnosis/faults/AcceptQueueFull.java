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

/** The service does not take its connections. */
public final class AcceptQueueFull implements Fault {
    /** Stateless. */
    public AcceptQueueFull() {}

    @Override
    public Page page() {
        return new Page(
                "accept-queue-full",
                Group.SOCKETS,
                "The listener's queue of connections is full",
                "The listening socket's queue is longer than its backlog: SYNs are ignored without a "
                        + "drop event; ListenOverflows grows.",
                "The service accepts faster, or its backlog is raised.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.AcceptQueueFull.class)
                .map(
                        full -> Finding.of(
                                        this,
                                        0.9,
                                        "%d connections wait at port %d in %s, where %d may: the service does not take them, and the kernel ignores new ones."
                                                .formatted(
                                                        full.socket().queued(),
                                                        full.socket().port(),
                                                        full.namespaceName(),
                                                        full.socket().backlog()))
                                .because(dossier.bracket())
                                .because(
                                        "socket",
                                        "queue %d, backlog %d"
                                                .formatted(
                                                        full.socket().queued(),
                                                        full.socket().backlog()))
                                .mendedBy(
                                        Remedy.advice(
                                                "look at the service: it accepts no connections; its backlog and net.core.somaxconn bound the queue")));
    }

    /** Nothing in the network is changed: the lab starts its service so. */
    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_CALLS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of())
                .lastSeenAt(At.OUTSIDE_IN)
                .notMendable());
    }
}
