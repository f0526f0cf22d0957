package dev.lasthop.cli.frame;

import dev.lasthop.linux.Capability;
import java.util.List;
import java.util.Set;

/** One command of {@code lasthop}: how it is called, and what it does. */
public interface Command {
    /** One or two words: {@code diagnose}, {@code network create}. */
    String name();

    /** One line, starting with a verb in the third person, without a full stop. */
    String summary();

    /** What the help says below the summary: paragraphs, wrapped when printed. */
    default List<String> description() {
        return List.of();
    }

    default List<Argument<?>> arguments() {
        return List.of();
    }

    /** Beside those that every command takes ({@link Common}). */
    default List<Option<?>> options() {
        return List.of();
    }

    /** Command lines worth showing, without the program's name. */
    default List<String> examples() {
        return List.of();
    }

    /** What it needs from the kernel: named when the kernel says no. */
    default Set<Capability> capabilities() {
        return Set.of();
    }

    /** What can be done all the same by someone who lacks {@link #capabilities}: told with the kernel's no. */
    default List<String> withoutCapabilities() {
        return List.of("lasthop faults: every cause, how it is recognised and mended");
    }

    /** @throws CommandException where it cannot go on */
    ExitCode run(Invocation invocation);
}
