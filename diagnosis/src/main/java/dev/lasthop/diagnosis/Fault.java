package dev.lasthop.diagnosis;

import java.util.List;
import java.util.stream.Stream;

/**
 * One cause that Lasthop can name: how it is recognised, how it is mended, how the lab makes it happen. One class each; the catalogue
 * ({@link Faults}) lists them.
 */
public interface Fault {
    /** What the catalogue says of it. */
    Page page();

    default String id() {
        return page().id();
    }

    default Group group() {
        return page().group();
    }

    default String title() {
        return page().title();
    }

    /** Whether it breaks only some of the packets or connections. */
    default boolean isIntermittent() {
        return false;
    }

    /** The findings that this fault has to offer for what happened; none where it is not the cause. */
    Stream<Finding> examine(Dossier dossier);

    /** How the lab makes it happen; none where this cannot be done in throw-away namespaces. */
    default List<Injection> injections() {
        return List.of();
    }
}
