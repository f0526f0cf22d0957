package dev.lasthop.cli;

import dev.lasthop.cli.frame.Command;
import java.util.List;

/** The commands that there are, in the order of the help. A new command is one class and one line here. */
final class Commands {
    private Commands() {}

    static List<Command> all() {
        return List.of();
    }
}
