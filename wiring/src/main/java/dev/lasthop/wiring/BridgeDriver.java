package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import java.util.Optional;

/**
 * Each endpoint by a veth pair, whose end on the host is a port of a bridge; the bridge's addresses are the endpoints' gateways.
 *
 * @param bridge its name; empty for one made from the network's name. If there is a bridge of that name it is used, and keeps what it
 *     has
 */
public record BridgeDriver(Optional<String> bridge) implements Driver {
    static final String NAME = "bridge";

    public static BridgeDriver named(String bridge) {
        return new BridgeDriver(Optional.of(bridge));
    }

    /** With a bridge of Lasthop's own. */
    public static BridgeDriver own() {
        return new BridgeDriver(Optional.empty());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public JsonObject options() {
        return JsonObject.builder().putIfPresent("bridge", bridge).build();
    }

    @Override
    public String toString() {
        return "bridge " + bridge.orElse("of its own");
    }

    static BridgeDriver ofJson(JsonObject json) {
        return named(json.string("bridge"));
    }
}
