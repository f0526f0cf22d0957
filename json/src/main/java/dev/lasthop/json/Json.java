package dev.lasthop.json;

import java.nio.charset.StandardCharsets;

/** Text to values and back. */
public final class Json {
    private Json() {}

    /** Reads one document within the {@linkplain Limits#DEFAULT usual limits}. */
    public static JsonValue read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8), Limits.DEFAULT);
    }

    /**
     * Reads one document in UTF-8. Strict RFC 8259: no comments, no trailing commas, no NaN; and no name twice in an object, which
     * two readers could understand differently.
     *
     * @throws JsonException if it is malformed, is over the limits, or more follows it; says the line and the column
     */
    public static JsonValue read(byte[] utf8, Limits limits) {
        return Reader.read(utf8, limits);
    }

    /** Reads a document that must be an object. */
    public static JsonObject readObject(byte[] utf8, Limits limits) {
        JsonValue value = read(utf8, limits);
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new JsonException("the document must be an object, not " + value.kind());
    }

    /** On one line, without blanks: equal values made in the same order give equal text. */
    public static String compact(JsonValue value) {
        return Writer.write(value, false);
    }

    /** Indented by two blanks a level, with a newline at the end. */
    public static String pretty(JsonValue value) {
        return Writer.write(value, true);
    }
}
