package dev.lasthop.topology;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The network namespaces that matter to a question, at one moment. Sorted by name. */
public record Snapshot(List<NamespaceState> namespaces) {
    public Snapshot {
        namespaces = namespaces.stream()
                .sorted(Comparator.comparing(NamespaceState::name).thenComparingLong(NamespaceState::inode))
                .toList();
    }

    /** @throws dev.lasthop.netlink.MalformedMessageException if a recording is damaged */
    public static Snapshot decode(List<Recording> recordings) {
        return new Snapshot(recordings.stream().map(NamespaceState::decode).toList());
    }

    public Optional<NamespaceState> namespace(long inode) {
        return namespaces.stream().filter(state -> state.inode() == inode).findFirst();
    }

    public Optional<NamespaceState> namespace(String name) {
        return namespaces.stream().filter(state -> state.name().equals(name)).findFirst();
    }

    /** Where the other end of a veth is, or the lower device of a macvlan; empty if that namespace is not part of this. */
    public Optional<Place> lower(NamespaceState of, Link link) {
        if (link.lower().isNone() || link.lowerNamespaceUnknown()) {
            return Optional.empty();
        }
        return namespace(link.lowerNamespace().orElse(of.inode()))
                .flatMap(state -> state.link(link.lower()).map(found -> new Place(state, found)));
    }

    /** An interface in its namespace. */
    public record Place(NamespaceState namespace, Link link) {}
}
