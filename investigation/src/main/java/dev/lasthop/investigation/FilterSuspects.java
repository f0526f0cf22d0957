package dev.lasthop.investigation;

import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Path;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Observation;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The namespaces whose packet filter is to say for itself what it does, as tracing it costs some milliseconds each. */
final class FilterSuspects {
    private static final String BY_FILTER = "NETFILTER_DROP";

    private FilterSuspects() {}

    /** Those where the prediction has the packet dropped, or depends on what cannot be known beforehand. */
    static Set<Long> foreseen(Prediction prediction, Snapshot snapshot) {
        Set<Long> inodes = new TreeSet<>();
        Stream.concat(Stream.of(prediction.request()), prediction.reply().stream())
                .forEach(path -> {
                    stopped(path, inodes);
                    path.elements(Stage.FilterVerdict.class).stream()
                            .filter(stage -> stage.outcome().verdict() == HookOutcome.Verdict.UNKNOWN)
                            .flatMap(stage -> snapshot.namespace(stage.namespaceName()).stream())
                            .forEach(state -> inodes.add(state.inode()));
                });
        return inodes;
    }

    /** Those where the kernel says that its packet filter dropped a packet, which nobody has foreseen. */
    static Set<Long> unforeseen(Prediction prediction, Snapshot snapshot, Observation observation) {
        Set<Long> inodes = new TreeSet<>();
        observation.drops().stream()
                .filter(drop -> drop.reason().equals(BY_FILTER) && drop.probe() >= -1)
                .flatMap(drop -> snapshot.namespace(drop.namespace()).stream())
                .filter(state -> !state.firewall().tables().isEmpty())
                .map(NamespaceState::inode)
                .forEach(inodes::add);
        inodes.removeAll(foreseen(prediction, snapshot));
        return inodes;
    }

    private static void stopped(Path path, Set<Long> inodes) {
        path.obstacle().ifPresent(obstacle -> {
            if (obstacle instanceof Obstacle.Filtered filtered) {
                inodes.add(filtered.namespace());
            }
        });
    }
}
