package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.topology.NamespaceState;
import java.util.stream.Stream;

/** Two connections want the same place in the table. */
public final class ConntrackInsertFailed implements Fault {
    /** Stateless. */
    public ConntrackInsertFailed() {}

    @Override
    public Page page() {
        return new Page(
                "conntrack-insert-failed",
                Group.FIREWALL,
                "Connections could not be entered into the tracking table",
                "The statistics count insert_failed while the probes are under way: two packets of one flow raced, or source translation "
                        + "has no port left for that destination.",
                "Ports are chosen at random (masquerade fully-random), or translated to more addresses.");
    }

    @Override
    public boolean isIntermittent() {
        return true;
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        if (dossier.stop().obstacle().isPresent()) {
            return Stream.empty();
        }
        return dossier.after().namespaces().stream()
                .filter(state -> failed(dossier, state) > 0)
                .limit(1)
                .map(state -> Finding.of(
                                this,
                                0.7,
                                "%s could not enter %d connections into its tracking table while the probes were under way; the packets that began them are dropped."
                                        .formatted(state.name(), failed(dossier, state)))
                        .because(dossier.bracket())
                        .because("counter", "insert_failed grew by " + failed(dossier, state))
                        .mendedBy(Remedy.advice("let translation choose ports at random: masquerade fully-random")));
    }

    private static long failed(Dossier dossier, NamespaceState state) {
        long earlier = dossier.namespace(state.inode())
                .map(before -> before.conntrack().statistics().getOrDefault("insert_failed", 0L))
                .orElse(0L);
        return state.conntrack().statistics().getOrDefault("insert_failed", 0L) - earlier;
    }
}
