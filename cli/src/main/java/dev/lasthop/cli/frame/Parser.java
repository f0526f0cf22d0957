package dev.lasthop.cli.frame;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Words to values. Strict: options are not abbreviated or bundled, none that takes one value is given twice, {@code --} ends them;
 * they may stand before, between and after the arguments.
 */
final class Parser {
    private final List<Option<?>> options;
    private final List<Argument<?>> arguments;
    private final String help;
    private final IdentityHashMap<Object, List<Object>> given = new IdentityHashMap<>();
    private final List<String> words = new ArrayList<>();

    /** @param help the command line that shows the help, for messages */
    Parser(List<Option<?>> options, List<Argument<?>> arguments, String help) {
        this.options = options;
        this.arguments = arguments;
        this.help = help;
    }

    /** Reads options and arguments. Arguments may be missing where the help or the version was asked for. */
    IdentityHashMap<Object, List<Object>> parse(List<String> typed) {
        int next = 0;
        while (next < typed.size()) {
            String word = typed.get(next++);
            if (word.equals("--")) {
                words.addAll(typed.subList(next, typed.size()));
                break;
            }
            if (!isOption(word)) {
                words.add(word);
                continue;
            }
            next += option(word, next < typed.size() ? Optional.of(typed.get(next)) : Optional.empty());
        }
        if (given.containsKey(Common.VERBOSE) && given.containsKey(Common.QUIET)) {
            throw wrong("--verbose and --quiet exclude each other", "", "leave one of them out");
        }
        if (!given.containsKey(Common.HELP) && !given.containsKey(Common.VERSION)) {
            assign();
        }
        return given;
    }

    static boolean isOption(String word) {
        return word.length() > 1 && word.startsWith("-");
    }

    /** Takes in one option; how many further words it used. */
    private int option(String word, Optional<String> following) {
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        String typed = equals < 0 ? word : word.substring(0, equals);
        Option<?> option = find(typed);
        if (given.containsKey(option) && !option.repeatable() && !option.isFlag()) {
            throw wrong(typed + " is given twice", "it takes one value", "leave one of them out");
        }
        if (option.isFlag()) {
            if (equals >= 0) {
                throw wrong(typed + " takes no value", "\"" + word.substring(equals + 1) + "\" was given", help());
            }
            given.put(option, List.of(true));
            return 0;
        }
        if (equals < 0 && following.isEmpty()) {
            throw wrong(typed + " needs a value", "nothing follows it", "write " + typed + " " + option.placeholder());
        }
        add(option, option.reader(), typed, equals < 0 ? following.orElseThrow() : word.substring(equals + 1));
        return equals < 0 ? 1 : 0;
    }

    private Option<?> find(String typed) {
        List<String> known = new ArrayList<>();
        for (Option<?> option : options) {
            String longForm = "--" + option.name();
            if (typed.equals(longForm) || (option.letter() != 0 && typed.equals("-" + option.letter()))) {
                return option;
            }
            known.add(longForm);
        }
        throw wrong(
                "unknown option " + typed,
                "",
                Suggestion.nearest(typed, known)
                        .map(near -> "did you mean " + near + "?")
                        .orElse(help()));
    }

    private void assign() {
        int next = 0;
        for (Argument<?> argument : arguments) {
            int count = Math.min(argument.most(), words.size() - next);
            if (count < argument.least()) {
                throw wrong(argument.name() + " is missing", "", help());
            }
            for (int i = 0; i < count; i++) {
                add(argument, argument.reader(), argument.name(), words.get(next++));
            }
        }
        if (next < words.size()) {
            throw wrong("\"" + words.get(next) + "\" is one argument too many", "", help());
        }
    }

    private void add(Object key, Reader<?> reader, String name, String text) {
        try {
            given.computeIfAbsent(key, _ -> new ArrayList<>()).add(reader.read(text));
        } catch (IllegalArgumentException e) {
            throw wrong(name + " cannot be \"" + text + "\"", String.valueOf(e.getMessage()), help());
        }
    }

    private String help() {
        return "see " + help;
    }

    private static CommandException wrong(String message, String reason, String next) {
        return CommandException.usage(message, reason, next);
    }
}
