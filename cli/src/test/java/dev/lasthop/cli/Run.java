package dev.lasthop.cli;

import dev.lasthop.cli.frame.Streams;
import dev.lasthop.cli.frame.Terminal;
import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One command line, run in this process, and what it said. */
public record Run(String line, int code, String out, String err) {
    private static final int COLUMNS = 80;

    /** @param line its words, split at blanks */
    public static Run of(String line) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var streams = new Streams(
                InputStream.nullInputStream(),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                new Terminal(false, true, COLUMNS));
        List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" "));
        int code = Main.run(words, streams);
        return new Run(line, code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The same with {@code --format json}. */
    public static Run json(String line) {
        return of(line + (line.isEmpty() ? "" : " ") + "--format json");
    }

    /** The one document on standard output, and nothing besides it. */
    public JsonObject document() {
        try {
            return Json.readObject(out.getBytes(StandardCharsets.UTF_8), Limits.DEFAULT);
        } catch (JsonException e) {
            throw new AssertionError("not one JSON document: " + this, e);
        }
    }

    @Override
    public String toString() {
        return "lasthop " + line + "\nexit code " + code + "\n" + out + err;
    }
}
