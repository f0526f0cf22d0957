package dev.lasthop.diagnosis;

import dev.lasthop.wiring.step.Step;
import java.util.List;

/**
 * The narrowest change that mends a fault.
 *
 * @param summary what it does, in a line
 * @param scope what else feels it: {@code flow}, {@code interface}, {@code network}, {@code namespace}, {@code host}; {@code none} for advice
 * @param steps what {@code --fix} does; empty where a person has to decide or act
 * @param commands the same as a person would type it (also where there are no steps)
 * @param undo what a person would type to take it back
 * @param persistent how to keep it over a reboot; empty where that is no question
 */
public record Remedy(
        String summary, String scope, List<Step> steps, List<String> commands, List<String> undo, String persistent) {
    public Remedy {
        steps = List.copyOf(steps);
        commands = List.copyOf(commands);
        undo = List.copyOf(undo);
    }

    /** A remedy that Lasthop can apply: its commands are those of its steps. */
    public static Remedy of(String summary, String scope, Step... steps) {
        return of(summary, scope, List.of(steps));
    }

    public static Remedy of(String summary, String scope, List<Step> steps) {
        List<String> commands =
                steps.stream().flatMap(step -> step.commands().stream()).toList();
        return new Remedy(summary, scope, steps, commands, List.of(), "");
    }

    /** A remedy that a person has to carry out. */
    public static Remedy advice(String summary, String... commands) {
        return new Remedy(summary, "none", List.of(), List.of(commands), List.of(), "");
    }

    /** The commands that take it back, where they are known beforehand. */
    public Remedy undoneBy(Step... back) {
        List<String> lines =
                List.of(back).stream().flatMap(step -> step.commands().stream()).toList();
        return new Remedy(summary, scope, steps, commands, lines, persistent);
    }

    public Remedy persistently(String how) {
        return new Remedy(summary, scope, steps, commands, undo, how);
    }

    public boolean isApplicable() {
        return !steps.isEmpty();
    }
}
