package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;

/** Each endpoint gets an interface of the host for its own, and gives it back as it was. */
public record AttachDriver() implements Driver {
    static final String NAME = "attach";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public JsonObject options() {
        return JsonObject.EMPTY;
    }

    @Override
    public String toString() {
        return NAME;
    }
}
