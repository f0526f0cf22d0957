package dev.lasthop.wiring.step;

import java.util.List;

/**
 * A plan that was carried out. Its journal's entry is still open: {@link #commit} closes it when what was done is on record elsewhere, or
 * need not be.
 */
public record Applied(String title, List<Done> steps, Journal.Entry journal) {
    public Applied {
        steps = List.copyOf(steps);
    }

    /** A step and what takes it back. */
    public record Done(Step step, List<Step> undo) {
        public Done {
            undo = List.copyOf(undo);
        }
    }

    /** What takes everything back, in the order in which it is to be applied. */
    public List<Step> undo() {
        return steps.reversed().stream().flatMap(done -> done.undo().stream()).toList();
    }

    /** What was done stays. */
    public void commit() {
        journal.close();
    }

    /** Takes everything back, going on through errors; those that there were. */
    public List<RuntimeException> rollBack(Places places) {
        List<RuntimeException> left = Undo.all(undo(), places);
        if (left.isEmpty()) {
            journal.close();
        }
        return left;
    }
}
