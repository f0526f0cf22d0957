package dev.lasthop.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** Tokens to a tree. Recursion is bounded by {@link Limits#depth()}, which the tokeniser enforces. */
final class Reader {
    private static final int NUMBER_DIGITS = 100;

    private final JsonParser parser;

    private Reader(JsonParser parser) {
        this.parser = parser;
    }

    static JsonValue read(byte[] utf8, Limits limits) {
        if (utf8.length > limits.bytes()) {
            throw new JsonException(
                    "the document has " + utf8.length + " bytes, more than the " + limits.bytes() + " that are read");
        }
        try (JsonParser parser = factory(limits).createParser(ObjectReadContext.empty(), utf8)) {
            return new Reader(parser).document();
        } catch (StreamConstraintsException e) {
            throw new JsonException("the document is over a limit: " + e.getOriginalMessage());
        } catch (JacksonException e) {
            throw new JsonException(where(e.getLocation()) + firstLine(e.getOriginalMessage()));
        }
    }

    private static JsonFactory factory(Limits limits) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxDocumentLength(limits.bytes())
                        .maxNestingDepth(limits.depth())
                        .maxStringLength(limits.bytes())
                        .maxNameLength(Math.min(limits.bytes(), 1 << 16))
                        .maxNumberLength(NUMBER_DIGITS)
                        .build())
                .build();
    }

    private JsonValue document() {
        @Nullable JsonToken first = parser.nextToken();
        if (first == null) {
            throw new JsonException("the document is empty");
        }
        JsonValue value = value(first);
        if (parser.nextToken() != null) {
            throw new JsonException(where(parser.currentTokenLocation()) + "more follows the end of the document");
        }
        return value;
    }

    private JsonValue value(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> new JsonString(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getDecimalValue());
            case VALUE_TRUE -> new JsonBoolean(true);
            case VALUE_FALSE -> new JsonBoolean(false);
            case VALUE_NULL -> JsonNull.NULL;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new JsonException(where(parser.currentTokenLocation()) + "unexpected " + token);
        };
    }

    private JsonValue object() {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        while (next() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            members.put(name, value(next()));
        }
        return new JsonObject(members);
    }

    private JsonValue array() {
        List<JsonValue> items = new ArrayList<>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            items.add(value(token));
        }
        return new JsonArray(items);
    }

    private JsonToken next() {
        @Nullable JsonToken token = parser.nextToken();
        if (token == null) {
            throw new JsonException(where(parser.currentLocation()) + "the document ends too early");
        }
        return token;
    }

    private static String where(@Nullable TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "malformed" : message.lines().findFirst().orElse("malformed");
    }
}
