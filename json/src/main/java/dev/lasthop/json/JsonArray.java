package dev.lasthop.json;

import java.util.Collection;
import java.util.List;

/** Values in an order. */
public record JsonArray(List<JsonValue> items) implements JsonValue {
    public JsonArray {
        items = List.copyOf(items);
    }

    public static JsonArray of(JsonValue... items) {
        return new JsonArray(List.of(items));
    }

    public static JsonArray of(Collection<? extends JsonValue> items) {
        return new JsonArray(List.copyOf(items));
    }

    public static JsonArray ofStrings(Collection<String> items) {
        return new JsonArray(items.stream().<JsonValue>map(JsonString::new).toList());
    }

    @Override
    public String kind() {
        return "an array";
    }
}
