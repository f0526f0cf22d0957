package dev.lasthop.investigation;

import dev.lasthop.path.Prediction;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Neighbor;
import dev.lasthop.topology.Snapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Next hops that several interfaces answer for, while no entry is there yet: a host with two bridges answers on both of them for the
 * address of either. Whose answer came first cannot be foreseen, and is known afterwards.
 */
final class Ambiguous {
    private Ambiguous() {}

    static boolean in(Prediction prediction) {
        return asked(prediction).findAny().isPresent();
    }

    private static Stream<Stage.NeighborResolution> asked(Prediction prediction) {
        return Stream.concat(Stream.of(prediction.request()), prediction.reply().stream())
                .flatMap(path -> path.elements(Stage.NeighborResolution.class).stream())
                .filter(resolution ->
                        resolution.entry().filter(Neighbor::isUsable).isEmpty()
                                && resolution.answers().stream()
                                                .map(Stage.Answer::mac)
                                                .distinct()
                                                .count()
                                        > 1);
    }

    /** The state before, with the entries for those next hops that were made meanwhile. */
    static Snapshot settled(Snapshot before, Snapshot after, Prediction prediction) {
        Set<Stage.NeighborResolution> asked = new HashSet<>(asked(prediction).toList());
        return new Snapshot(before.namespaces().stream()
                .map(state -> after.namespace(state.inode())
                        .map(later -> settled(state, later, asked))
                        .orElse(state))
                .toList());
    }

    private static NamespaceState settled(
            NamespaceState state, NamespaceState later, Set<Stage.NeighborResolution> asked) {
        List<Neighbor> made = asked.stream()
                .filter(resolution -> resolution.link().namespace() == state.inode())
                .flatMap(resolution -> entry(later, resolution).stream())
                .toList();
        return made.isEmpty()
                ? state
                : state.withNeighbors(Stream.concat(
                                made.stream(),
                                state.neighbors().stream()
                                        .filter(known -> made.stream().noneMatch(entry -> isSame(entry, known))))
                        .toList());
    }

    private static Optional<Neighbor> entry(NamespaceState later, Stage.NeighborResolution resolution) {
        return later.neighbors().stream()
                .filter(known -> known.link().equals(resolution.link().link())
                        && known.address().equals(resolution.nextHop())
                        && !known.proxy()
                        && known.isUsable())
                .findFirst();
    }

    private static boolean isSame(Neighbor one, Neighbor other) {
        return one.link().equals(other.link()) && one.address().equals(other.address()) && one.proxy() == other.proxy();
    }
}
