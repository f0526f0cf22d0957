package dev.lasthop.wiring.step;

import java.util.List;

/** A plan failed at one of its steps. What had been done before was undone, but for {@link #leftovers}. */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Step step;
    private final transient List<RuntimeException> leftovers;

    PlanException(String title, Step step, RuntimeException cause, List<RuntimeException> leftovers) {
        super(message(title, cause, leftovers), cause);
        this.step = step;
        this.leftovers = List.copyOf(leftovers);
        leftovers.forEach(this::addSuppressed);
    }

    /** The step that was refused. */
    public Step step() {
        return step;
    }

    /** Why undoing was not complete; empty if everything is as it was before. */
    public List<RuntimeException> leftovers() {
        return leftovers;
    }

    private static String message(String title, RuntimeException cause, List<RuntimeException> leftovers) {
        String start = title + ": " + cause.getMessage();
        if (leftovers.isEmpty()) {
            return start + ". Everything is as it was before.";
        }
        return start + ". Not everything could be undone: "
                + String.join(
                        "; ",
                        leftovers.stream().map(RuntimeException::getMessage).toList())
                + ". lasthop gc tries again.";
    }
}
