package dev.lasthop.json;

/** JSON's {@code null}: a value that is known to be absent. */
public enum JsonNull implements JsonValue {
    NULL;

    @Override
    public String kind() {
        return "null";
    }
}
