package dev.lasthop.cli.frame;

import dev.lasthop.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a command's results go. Text and the JSON document go to standard output, everything else to standard error. The document
 * is held back until the command has ended, so that a failure can take its place: there is never more than one.
 */
public final class Output {
    private final Streams streams;
    private final Format format;
    private final boolean verbose;
    private final boolean quiet;
    private Optional<JsonValue> document = Optional.empty();

    Output(Streams streams, Format format, boolean verbose, boolean quiet) {
        this.streams = streams;
        this.format = format;
        this.verbose = verbose;
        this.quiet = quiet;
    }

    public Format format() {
        return format;
    }

    public Terminal terminal() {
        return streams.terminal();
    }

    public boolean isVerbose() {
        return verbose;
    }

    /** The command's result, in the form that was asked for; only that form is made. */
    public void result(Supplier<? extends JsonValue> json, Supplier<List<String>> text) {
        if (format == Format.JSON) {
            document = Optional.of(json.get());
        } else {
            text.get().forEach(this::line);
        }
    }

    /** One line (or several) of text for standard output; nothing in JSON. */
    public void line(String text) {
        if (format == Format.TEXT) {
            streams.out().println(printable(text));
            streams.out().flush();
        }
    }

    /** What goes on, on standard error; not with {@code --quiet}. */
    public void progress(String text) {
        if (!quiet) {
            error(text);
        }
    }

    /** What may matter later, on standard error; not with {@code --quiet}. */
    public void warning(String text) {
        progress("warning: " + text);
    }

    /** What only the curious want to know, on standard error; with {@code --verbose}. */
    public void detail(String text) {
        if (verbose) {
            error(text);
        }
    }

    /** Waits until the Enter key is pressed; goes on at once where there is nobody to press it. */
    public void waitForEnter(String prompt) {
        error(prompt);
        InputStream in = streams.in();
        try {
            int read = in.read();
            while (read >= 0 && read != '\n') {
                read = in.read();
            }
        } catch (IOException e) {
            detail("standard input cannot be read: " + e.getMessage());
        }
    }

    /** Asks a question that only {@code y} or {@code yes} agrees to; where there is nobody to answer, nobody agrees. */
    public boolean confirm(String question) {
        error(question + " [y/N]");
        var answer = new StringBuilder();
        try {
            int read = streams.in().read();
            while (read >= 0 && read != '\n' && answer.length() < 8) {
                answer.append((char) read);
                read = streams.in().read();
            }
        } catch (IOException e) {
            detail("standard input cannot be read: " + e.getMessage());
        }
        String word = answer.toString().strip();
        return word.equalsIgnoreCase("y") || word.equalsIgnoreCase("yes");
    }

    Optional<JsonValue> document() {
        return document;
    }

    void error(String text) {
        streams.err().println(Printable.of(text, streams.terminal().colour()));
        streams.err().flush();
    }

    private String printable(String text) {
        return Printable.of(text, streams.terminal().colour());
    }
}
