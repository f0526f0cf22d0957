package dev.lasthop.diagnosis;

import java.util.List;
import java.util.stream.Stream;

/**
 * One cause that Lasthop can name: how it is recognised, how it is mended, how the lab makes it happen. One class each; the catalogue
 * ({@link Faults}) lists them.
 */
public interface Fault {
    /** The stable id, {@code ip-forward-disabled}. */
    String id();

    Group group();

    /** What is wrong, in a sentence without a full stop: "The host does not forward IPv4 packets". */
    String title();

    /** How it is told apart from what looks the same. */
    String recognised();

    /** How it is mended. */
    String mending();

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
