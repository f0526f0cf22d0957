package dev.lasthop.path;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The way of one packet, in the order in which it goes: the interfaces that it passes, and what is done with it between them.
 *
 * @param wanted inodes of namespaces that are not in the snapshot and that a segment of this way leads into: who is there may answer
 *     for an address too, or explain why nobody does
 */
public record Path(List<PathElement> elements, Ending ending, SortedSet<Long> wanted) {
    public Path {
        elements = List.copyOf(elements);
        wanted = Collections.unmodifiableSortedSet(new TreeSet<>(wanted));
    }

    public Path(List<PathElement> elements, Ending ending) {
        this(elements, ending, new TreeSet<>());
    }

    /** The interfaces passed, in order. */
    public List<Passage> passages() {
        return elements(Passage.class);
    }

    /** The elements of one kind, in order: {@code elements(Stage.NatRewrite.class)}. */
    public <T extends PathElement> List<T> elements(Class<T> kind) {
        return elements.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    public boolean isDelivered() {
        return ending instanceof Ending.Delivered;
    }

    public Optional<Ending.Stopped> stopped() {
        return ending instanceof Ending.Stopped stopped ? Optional.of(stopped) : Optional.empty();
    }

    public Optional<Obstacle> obstacle() {
        return stopped().map(Ending.Stopped::obstacle);
    }
}
