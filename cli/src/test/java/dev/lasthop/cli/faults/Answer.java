package dev.lasthop.cli.faults;

import dev.lasthop.cli.Main;
import dev.lasthop.cli.frame.Streams;
import dev.lasthop.cli.frame.Terminal;
import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import dev.lasthop.lab.Question;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code lasthop diagnose --format json} said.
 *
 * @param text the same, with what went to standard error
 */
record Answer(int code, JsonObject document, String text) {
    private static final int COLUMNS = 80;

    static Answer of(Question question, List<String> options) {
        var words = new ArrayList<>(List.of("diagnose", "--format", "json"));
        words.addAll(question.arguments());
        words.addAll(options);
        return of(words);
    }

    static Answer of(List<String> words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var streams = new Streams(
                InputStream.nullInputStream(),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                new Terminal(false, true, COLUMNS));
        int code = Main.run(words, streams);
        String text = out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
        try {
            return new Answer(code, Json.readObject(out.toByteArray(), Limits.DEFAULT), text);
        } catch (JsonException e) {
            throw new AssertionError(String.join(" ", words) + " printed no JSON: " + text, e);
        }
    }

    /** The cause's id; {@code none} where there is none. */
    String cause() {
        return document.findObject("cause").map(cause -> cause.string("id")).orElse("none");
    }

    /** {@code NAMESPACE INTERFACE DIRECTION}; {@code none} where there is none. */
    String lastHop() {
        return document.findObject("lastHop")
                .map(hop -> hop.string("namespace") + " " + hop.string("interface") + " " + hop.string("direction"))
                .orElse("none");
    }
}
