package dev.lasthop.json;

/** Text, without quotes and escapes. */
public record JsonString(String value) implements JsonValue {
    @Override
    public String kind() {
        return "a string";
    }
}
