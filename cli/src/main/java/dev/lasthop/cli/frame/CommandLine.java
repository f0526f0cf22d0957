package dev.lasthop.cli.frame;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonObject;
import dev.lasthop.linux.Capability;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** From the words typed to the exit code: finds the command, reads its options, runs it, tells how it ended. */
public final class CommandLine {
    private final List<Command> commands;
    private final String version;

    public CommandLine(List<Command> commands, String version) {
        this.commands = List.copyOf(commands);
        this.version = version;
    }

    /** Runs one command line to its end. Throws nothing: every failure is told, and is an exit code. */
    public int run(List<String> typed, Streams streams) {
        // before anything can fail, so that a failure comes in the form that was asked for
        var output = new Output(
                streams,
                asksForJson(typed) ? Format.JSON : Format.TEXT,
                typed.contains("-v") || typed.contains("--verbose"),
                typed.contains("-q") || typed.contains("--quiet"));
        Selection selection = select(typed);
        ExitCode code;
        try {
            code = run(selection, output);
            output.document().ifPresent(document -> streams.out().print(Json.pretty(document)));
        } catch (RuntimeException | Error e) {
            Set<Capability> needed =
                    selection.command().map(Command::capabilities).orElse(Set.of());
            CommandException failure = Failure.of(e, needed);
            code = tell(e, failure, Shortfall.of(failure, selection.command()), output, streams);
        }
        streams.out().flush();
        return streams.out().checkError() ? Math.max(code.number(), ExitCode.FAILED.number()) : code.number();
    }

    private ExitCode run(Selection selection, Output output) {
        if (selection.command().isEmpty()) {
            return runWithoutCommand(selection, output);
        }
        Command command = selection.command().get();
        List<Option<?>> options = new ArrayList<>(command.options());
        options.addAll(Common.OPTIONS);
        String help = Help.PROGRAM + " " + command.name() + " --help";
        IdentityHashMap<Object, List<Object>> given =
                new Parser(options, command.arguments(), help).parse(selection.rest());
        if (given.containsKey(Common.HELP)) {
            return show(Help.of(command, output.terminal().width()), output);
        }
        return given.containsKey(Common.VERSION) ? showVersion(output) : command.run(new Invocation(given, output));
    }

    private ExitCode runWithoutCommand(Selection selection, Output output) {
        String group = selection.group();
        List<Command> members = commands.stream()
                .filter(command -> command.name().startsWith(group + " "))
                .toList();
        String help = group.isEmpty() ? Help.PROGRAM + " --help" : Help.PROGRAM + " " + group + " --help";
        if (!selection.unknown().isEmpty()) {
            throw unknown(selection, members.isEmpty() ? commands : members, help);
        }
        IdentityHashMap<Object, List<Object>> given =
                new Parser(Common.OPTIONS, List.of(), help).parse(selection.rest());
        if (given.containsKey(Common.VERSION)) {
            return showVersion(output);
        }
        if (given.containsKey(Common.HELP)) {
            int width =
                    output.terminal().width(); // asked for late: finding out costs a system call, the first of its kind
            return show(group.isEmpty() ? Help.of(commands, width) : Help.ofGroup(group, members, width), output);
        }
        throw CommandException.usage(
                group.isEmpty() ? "no command is given" : "\"" + group + "\" needs another word",
                group.isEmpty() ? "" : "one of: " + String.join(", ", lastWords(members)),
                "see " + help);
    }

    private static CommandException unknown(Selection selection, List<Command> candidates, String help) {
        boolean inGroup = !selection.group().isEmpty();
        List<String> names = new ArrayList<>();
        for (Command command : candidates) {
            names.add(inGroup ? lastWord(command) : firstWord(command));
        }
        return CommandException.usage(
                "unknown command \"" + (inGroup ? selection.group() + " " : "") + selection.unknown() + "\"",
                "",
                Suggestion.nearest(selection.unknown(), names)
                        .map(near -> "did you mean \"" + (inGroup ? selection.group() + " " : "") + near + "\"?")
                        .orElse("see " + help));
    }

    private ExitCode showVersion(Output output) {
        output.result(
                () -> JsonObject.builder()
                        .put("schema", "lasthop.version/1")
                        .put("version", version)
                        .build(),
                () -> List.of(Help.PROGRAM + " " + version));
        return ExitCode.DONE;
    }

    private static ExitCode show(List<String> help, Output output) {
        output.result(
                () -> JsonObject.builder()
                        .put("schema", "lasthop.help/1")
                        .putStrings("help", help)
                        .build(),
                () -> help);
        return ExitCode.DONE;
    }

    private static ExitCode tell(
            Throwable thrown, CommandException failure, Shortfall shortfall, Output output, Streams streams) {
        if (output.format() == Format.JSON) {
            streams.out().print(Json.pretty(Failure.json(failure, shortfall)));
        } else {
            output.error(Failure.text(failure, shortfall));
        }
        if (output.isVerbose() && !(thrown instanceof CommandException)) {
            var trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            output.error(trace.toString());
        }
        return failure.exitCode();
    }

    /**
     * What the first words select.
     *
     * @param group the first word, where it only begins commands of two words
     * @param unknown the word that begins or ends no command; empty if there is none
     * @param rest all words but the command's name
     */
    private record Selection(Optional<Command> command, String group, String unknown, List<String> rest) {}

    /** Finds the command; options of every command may stand before it and between its two words. */
    private Selection select(List<String> typed) {
        List<String> rest = new ArrayList<>(typed);
        int first = nextWord(rest, 0);
        if (first < 0) {
            return new Selection(Optional.empty(), "", "", rest);
        }
        String one = rest.remove(first);
        Optional<Command> whole = named(one);
        if (whole.isPresent()) {
            return new Selection(whole, "", "", rest);
        }
        if (commands.stream().noneMatch(command -> command.name().startsWith(one + " "))) {
            return new Selection(Optional.empty(), "", one, rest);
        }
        int second = nextWord(rest, first);
        if (second < 0) {
            return new Selection(Optional.empty(), one, "", rest);
        }
        String two = rest.remove(second);
        Optional<Command> pair = named(one + " " + two);
        return pair.isPresent() ? new Selection(pair, "", "", rest) : new Selection(Optional.empty(), one, two, rest);
    }

    private static int nextWord(List<String> words, int from) {
        for (int i = from; i < words.size(); i++) {
            if (words.get(i).equals("--format")) {
                i++;
            } else if (!Parser.isOption(words.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private Optional<Command> named(String name) {
        return commands.stream().filter(command -> command.name().equals(name)).findFirst();
    }

    private static boolean asksForJson(List<String> typed) {
        for (int i = 0; i < typed.size() && !typed.get(i).equals("--"); i++) {
            if (typed.get(i).equals("--format=json")
                    || (typed.get(i).equals("json") && i > 0 && typed.get(i - 1).equals("--format"))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> lastWords(List<Command> members) {
        return members.stream().map(CommandLine::lastWord).toList();
    }

    private static String lastWord(Command command) {
        return command.name().substring(command.name().lastIndexOf(' ') + 1);
    }

    private static String firstWord(Command command) {
        int blank = command.name().indexOf(' ');
        return blank < 0 ? command.name() : command.name().substring(0, blank);
    }
}
