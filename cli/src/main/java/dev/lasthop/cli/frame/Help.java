package dev.lasthop.cli.frame;

import java.util.ArrayList;
import java.util.List;

/** The help, made of the same values that the parser reads by. */
final class Help {
    static final String PROGRAM = "lasthop";

    private final int width;
    private final List<String> lines = new ArrayList<>();

    private Help(int width) {
        this.width = Math.min(width, 120);
    }

    /** Of the program: the commands there are. */
    static List<String> of(List<Command> commands, int width) {
        var help = new Help(width);
        help.paragraph(
                "Connects containers to networks, and finds the last hop that a packet reached and why it went no further.");
        help.heading("Usage");
        help.lines.add("  " + PROGRAM + " COMMAND [OPTION]… [ARGUMENT]…");
        help.commands(commands);
        help.options("Options", Common.OPTIONS);
        help.paragraph("");
        help.paragraph("\"" + PROGRAM + " COMMAND --help\" says more about a command.");
        return help.lines;
    }

    /** Of the commands that share a first word. */
    static List<String> ofGroup(String group, List<Command> commands, int width) {
        var help = new Help(width);
        help.lines.add("Usage");
        help.lines.add("  " + PROGRAM + " " + group + " COMMAND [OPTION]… [ARGUMENT]…");
        help.commands(commands);
        help.options("Options", Common.OPTIONS);
        return help.lines;
    }

    static List<String> of(Command command, int width) {
        var help = new Help(width);
        help.paragraph(Character.toUpperCase(command.summary().charAt(0))
                + command.summary().substring(1) + ".");
        help.heading("Usage");
        help.lines.add("  " + usage(command));
        if (!command.arguments().isEmpty()) {
            help.heading("Arguments");
            var table = new Table("name", "summary");
            command.arguments().forEach(argument -> table.row(argument.name(), argument.summary()));
            help.lines.addAll(table.body("  "));
        }
        if (!command.options().isEmpty()) {
            help.options("Options", command.options());
        }
        help.options("Options of every command", Common.OPTIONS);
        for (String paragraph : command.description()) {
            help.lines.add("");
            help.paragraph(paragraph);
        }
        if (!command.examples().isEmpty()) {
            help.heading("Examples");
            command.examples().forEach(example -> help.lines.add("  " + PROGRAM + " " + example));
        }
        return help.lines;
    }

    /** The command on one line. */
    static String usage(Command command) {
        var usage = new StringBuilder(PROGRAM + " " + command.name());
        command.arguments().forEach(argument -> usage.append(' ').append(argument.usage()));
        return usage.append(" [OPTION]…").toString();
    }

    private void commands(List<Command> commands) {
        if (commands.isEmpty()) {
            return;
        }
        heading("Commands");
        var table = new Table("name", "summary");
        commands.forEach(command -> table.row(command.name(), command.summary()));
        lines.addAll(table.body("  "));
    }

    private void options(String title, List<Option<?>> options) {
        heading(title);
        var table = new Table("letter", "name", "summary");
        for (Option<?> option : options) {
            table.row(
                    option.letter() == 0 ? "" : "-" + option.letter() + ",",
                    "--" + option.name() + (option.isFlag() ? "" : " " + option.placeholder()),
                    option.summary() + (option.repeatable() ? " (may be given more than once)" : ""));
        }
        lines.addAll(table.body("  "));
    }

    private void heading(String title) {
        lines.add("");
        lines.add(title);
    }

    private void paragraph(String text) {
        lines.addAll(Lines.wrap(text, width, ""));
    }
}
