package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;

/** An MTU of the endpoint's own, in bytes, where it is not to have the network's. */
public record InterfaceMtu(int bytes) implements Setting {
    static final String KEY = "mtu";

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("bytes", bytes).build();
    }

    static InterfaceMtu ofJson(JsonObject json) {
        return new InterfaceMtu(json.integer("bytes"));
    }
}
