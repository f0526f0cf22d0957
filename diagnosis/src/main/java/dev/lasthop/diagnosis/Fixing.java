package dev.lasthop.diagnosis;

import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;

/**
 * What {@code --fix} did.
 *
 * @param fixed whether the flow worked when it was tried again
 * @param changes what was changed, in order, each with what takes it back
 * @param failures what could not be changed, and why
 * @param next where it still does not work: what is in the way now
 */
public record Fixing(boolean fixed, List<Change> changes, List<String> failures, Optional<Finding> next) {
    /** Nothing was changed, as there is nothing that Lasthop may change. */
    public static final Fixing NOTHING = new Fixing(false, List.of(), List.of(), Optional.empty());

    public Fixing {
        changes = List.copyOf(changes);
        failures = List.copyOf(failures);
    }

    /** A change, and the steps that take it back. */
    public record Change(Step step, List<Step> undo) {
        public Change {
            undo = List.copyOf(undo);
        }
    }
}
