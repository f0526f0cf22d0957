package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The namespaces that hang directly on one: itself and the other ends of its wires. Farther away the same addresses may be somebody
 * else's, and mean nothing here.
 */
final class Neighborhood {
    private Neighborhood() {}

    static Stream<NamespaceState> of(Dossier dossier, NamespaceState center) {
        return dossier.before().namespaces().stream()
                .filter(state -> state.inode() == center.inode() || isWired(dossier.before(), state, center));
    }

    private static boolean isWired(Snapshot snapshot, NamespaceState state, NamespaceState center) {
        return lower(snapshot, state).anyMatch(inode -> inode == center.inode())
                || lower(snapshot, center).anyMatch(inode -> inode == state.inode());
    }

    /** The other namespaces that a namespace's links lead to. */
    private static Stream<Long> lower(Snapshot snapshot, NamespaceState state) {
        return state.links().stream()
                .flatMap(link -> snapshot.lower(state, link).stream())
                .map(place -> place.namespace().inode());
    }

    /** Who has an address there. */
    static Optional<NamespaceState> owner(Dossier dossier, NamespaceState center, IpAddress address) {
        return of(dossier, center).filter(state -> state.owns(address)).findFirst();
    }
}
