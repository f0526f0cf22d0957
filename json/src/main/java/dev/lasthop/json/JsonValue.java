package dev.lasthop.json;

/** A JSON value (RFC 8259). Immutable; equal when their content is, whatever the order of an object's members. */
public sealed interface JsonValue permits JsonArray, JsonBoolean, JsonNull, JsonNumber, JsonObject, JsonString {
    /** "an object", "a string" and so on, for messages. */
    String kind();
}
