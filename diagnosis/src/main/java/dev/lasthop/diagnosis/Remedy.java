package dev.lasthop.diagnosis;

import dev.lasthop.wiring.Step;
import java.util.List;

/**
 * The narrowest change that mends a fault.
 *
 * @param summary what it does, in a line
 * @param scope what else feels it: {@code flow}, {@code interface}, {@code network}, {@code namespace}, {@code host}
 * @param steps what {@code --fix} does; empty where a person has to decide or act
 * @param commands the same as a person would type it (also where there are no steps)
 * @param persistent how to keep it over a reboot; empty where that is no question
 */
public record Remedy(String summary, String scope, List<Step> steps, List<String> commands, String persistent) {
    public Remedy {
        steps = List.copyOf(steps);
        commands = List.copyOf(commands);
    }

    /** A remedy that Lasthop can apply: its commands are those of its steps. */
    public static Remedy of(String summary, String scope, Step... steps) {
        List<Step> all = List.of(steps);
        return new Remedy(
                summary, scope, all, all.stream().map(Step::command).toList(), "");
    }

    /** A remedy that a person has to carry out. */
    public static Remedy advice(String summary, String... commands) {
        return new Remedy(summary, "none", List.of(), List.of(commands), "");
    }

    public Remedy persistently(String how) {
        return new Remedy(summary, scope, steps, commands, how);
    }
}
