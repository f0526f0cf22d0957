package dev.lasthop.cli.demo;

import dev.lasthop.cli.frame.Format;
import dev.lasthop.cli.frame.Lines;
import dev.lasthop.cli.frame.Output;
import dev.lasthop.cli.frame.Style;
import dev.lasthop.cli.frame.Terminal;
import dev.lasthop.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Prints the demo step by step, each with a heading, what happens, and the commands that do the same; keeps it for JSON as well. */
final class Screen {
    private static final int WIDTH = 80;
    private static final String INDENT = "  ";

    private final Output output;
    private final boolean pauses;
    private final List<JsonObject> told = new ArrayList<>();
    private int number;

    Screen(Output output, boolean pauses) {
        this.output = output;
        this.pauses = pauses && output.format() == Format.TEXT;
    }

    Terminal terminal() {
        return output.terminal();
    }

    /** Everything so far, as JSON. */
    List<JsonObject> told() {
        return List.copyOf(told);
    }

    /** Begins a step, after waiting for a key if that was asked for. */
    void step(String title, String text, List<String> commands) {
        if (pauses && number > 0) {
            output.line("");
            output.waitForEnter("Enter goes on; Ctrl-C ends the demo and removes everything.");
        }
        number++;
        told.add(JsonObject.builder()
                .put("step", number)
                .put("title", title)
                .put("text", text)
                .putStrings("commands", commands)
                .build());
        output.line("");
        output.line(heading(title));
        output.line("");
        wrapped(text);
        commands(commands);
    }

    void gap() {
        output.line("");
    }

    void wrapped(String text) {
        if (!text.isEmpty()) {
            Lines.wrap(text, width(), INDENT).forEach(output::line);
        }
    }

    /** Lines as they are, indented, with an empty one before. */
    void block(List<String> lines) {
        if (!lines.isEmpty()) {
            output.line("");
            lines.forEach(line -> output.line(line.isEmpty() ? "" : INDENT + line));
        }
    }

    /** How a step came out. */
    void outcome(boolean good, String text) {
        output.line("");
        String mark = terminal().choose(good ? "✓ " : "✗ ", good ? "" : "! ");
        Lines.wrap(mark + text, width(), INDENT)
                .forEach(line -> output.line(terminal().paint(good ? Style.GOOD : Style.BAD, line)));
    }

    /** Command lines, broken where they are too long, so that they can be copied all the same. */
    void commands(List<String> commands) {
        if (!commands.isEmpty()) {
            output.line("");
            commands.stream()
                    .flatMap(command -> Lines.command(command, width() - 4).stream())
                    .forEach(line -> output.line(INDENT + INDENT + terminal().paint(Style.COMMAND, line)));
        }
    }

    private String heading(String title) {
        String dash = terminal().choose("─", "-");
        String start = dash.repeat(2) + " " + number + ". ";
        String line = start + title + " ";
        return terminal().paint(Style.HEADING, line + dash.repeat(Math.max(2, width() - Lines.width(line))));
    }

    private int width() {
        return Math.min(WIDTH, terminal().width());
    }
}
