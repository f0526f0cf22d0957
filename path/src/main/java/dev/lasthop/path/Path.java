package dev.lasthop.path;

import java.util.List;
import java.util.Optional;

/** The way of one packet, in the order in which it goes: the interfaces that it passes, and what is done with it between them. */
public record Path(List<PathElement> elements, Ending ending) {
    public Path {
        elements = List.copyOf(elements);
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
