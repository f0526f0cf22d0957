package dev.lasthop.json;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Members by name, written in the order in which they were put. The reading methods say which member is missing or has the wrong
 * kind; {@code null} counts as missing.
 */
public record JsonObject(Map<String, JsonValue> members) implements JsonValue {
    public static final JsonObject EMPTY = new JsonObject(Map.of());

    public JsonObject {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** Starts an object; {@code JsonObject.builder().put("a", 1).put("b", "x").build()}. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String kind() {
        return "an object";
    }

    public boolean has(String name) {
        return find(name).isPresent();
    }

    /** The member, unless it is missing or {@code null}. */
    public Optional<JsonValue> find(String name) {
        return Optional.ofNullable(members.get(name)).filter(value -> value != JsonNull.NULL);
    }

    /** @throws JsonException if there is no such string */
    public String string(String name) {
        return findString(name).orElseThrow(() -> missing(name));
    }

    public Optional<String> findString(String name) {
        return find(name, JsonString.class, "a string").map(JsonString::value);
    }

    /** @throws JsonException if there is no such whole number */
    public int integer(String name) {
        return findInteger(name).orElseThrow(() -> missing(name));
    }

    public OptionalInt findInteger(String name) {
        OptionalLong value = findLong(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (value.getAsLong() != (int) value.getAsLong()) {
            throw outOfRange(name);
        }
        return OptionalInt.of((int) value.getAsLong());
    }

    /** @throws JsonException if there is no such whole number */
    public long longInteger(String name) {
        return findLong(name).orElseThrow(() -> missing(name));
    }

    public OptionalLong findLong(String name) {
        Optional<JsonNumber> number = find(name, JsonNumber.class, "a number");
        if (number.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(number.get().value().longValueExact());
        } catch (ArithmeticException e) {
            throw outOfRange(name);
        }
    }

    /** The boolean, or {@code otherwise} where it is missing. */
    public boolean flag(String name, boolean otherwise) {
        return find(name, JsonBoolean.class, "a boolean")
                .map(JsonBoolean::value)
                .orElse(otherwise);
    }

    /** @throws JsonException if there is no such object */
    public JsonObject object(String name) {
        return findObject(name).orElseThrow(() -> missing(name));
    }

    public Optional<JsonObject> findObject(String name) {
        return find(name, JsonObject.class, "an object");
    }

    /** The items of an array, none where it is missing. */
    public List<JsonValue> array(String name) {
        return find(name, JsonArray.class, "an array").map(JsonArray::items).orElse(List.of());
    }

    /** The objects of an array, none where it is missing. */
    public List<JsonObject> objects(String name) {
        return array(name).stream()
                .map(item -> cast(item, JsonObject.class, name, "an array of objects"))
                .toList();
    }

    /** The strings of an array, none where it is missing. */
    public List<String> strings(String name) {
        return array(name).stream()
                .map(item -> cast(item, JsonString.class, name, "an array of strings")
                        .value())
                .toList();
    }

    private <T extends JsonValue> Optional<T> find(String name, Class<T> type, String kind) {
        return find(name).map(value -> cast(value, type, name, kind));
    }

    private static <T extends JsonValue> T cast(JsonValue value, Class<T> type, String name, String kind) {
        if (!type.isInstance(value)) {
            throw new JsonException("\"" + name + "\" must be " + kind + ", not " + value.kind());
        }
        return type.cast(value);
    }

    private static JsonException missing(String name) {
        return new JsonException("\"" + name + "\" is missing");
    }

    private static JsonException outOfRange(String name) {
        return new JsonException("\"" + name + "\" is not a whole number in range");
    }

    /** Puts members in order. A name that is put again keeps its place and takes the new value. */
    public static final class Builder {
        private final Map<String, JsonValue> members = new LinkedHashMap<>();

        private Builder() {}

        public Builder put(String name, JsonValue value) {
            members.put(name, value);
            return this;
        }

        public Builder put(String name, String value) {
            return put(name, new JsonString(value));
        }

        public Builder put(String name, long value) {
            return put(name, JsonNumber.of(value));
        }

        public Builder put(String name, double value) {
            return put(name, JsonNumber.of(value));
        }

        public Builder put(String name, boolean value) {
            return put(name, new JsonBoolean(value));
        }

        /** Puts an array: each item through {@code toJson}. */
        public <T> Builder put(String name, Collection<T> items, Function<? super T, ? extends JsonValue> toJson) {
            return put(name, new JsonArray(items.stream().<JsonValue>map(toJson).toList()));
        }

        public Builder putStrings(String name, Collection<String> items) {
            return put(name, JsonArray.ofStrings(items));
        }

        public Builder putNull(String name) {
            return put(name, JsonNull.NULL);
        }

        /** Puts the string, or {@code null} where there is none. */
        public Builder put(String name, Optional<String> value) {
            return value.isPresent() ? put(name, value.get()) : putNull(name);
        }

        /** Puts the string where there is one, and nothing otherwise. */
        public Builder putIfPresent(String name, Optional<String> value) {
            return value.isPresent() ? put(name, value.get()) : this;
        }

        public JsonObject build() {
            return new JsonObject(members);
        }
    }
}
