package dev.lasthop.diagnosis;

import dev.lasthop.wiring.step.Step;
import java.util.List;

/**
 * What {@code --fix} did.
 *
 * @param fixed whether the flow worked when it was tried again
 * @param changes what was changed, in order, each with what takes it back
 * @param failures what could not be changed, and why
 */
public record Fixing(boolean fixed, List<Change> changes, List<String> failures) {
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
