package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import java.util.OptionalInt;

/**
 * How the bridge treats an endpoint's port; of a network, how it treats those of which nothing else is said.
 *
 * @param hairpin what comes in by the port may go out by it again
 * @param isolated nothing passes between this port and other isolated ones; the gateway is none
 * @param vlan the VLAN that the endpoint is in, 1 to 4094, of which it knows nothing itself; empty for that of the gateway
 */
public record BridgePort(boolean hairpin, boolean isolated, OptionalInt vlan) implements Setting {
    static final String KEY = "bridgePort";

    public static final BridgePort PLAIN = new BridgePort(false, false, OptionalInt.empty());

    public BridgePort {
        if (vlan.isPresent() && (vlan.getAsInt() < 1 || vlan.getAsInt() > 4094)) {
            throw WiringException.wrong("there is no VLAN " + vlan.getAsInt() + ": its number is 1 to 4094");
        }
    }

    static BridgePort of(Settings settings) {
        return settings.find(BridgePort.class).orElse(PLAIN);
    }

    /** With what a network says of all its ports. */
    BridgePort or(BridgePort network) {
        return new BridgePort(
                hairpin || network.hairpin, isolated || network.isolated, vlan.isPresent() ? vlan : network.vlan);
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        JsonObject.Builder json = JsonObject.builder().put("hairpin", hairpin).put("isolated", isolated);
        vlan.ifPresent(id -> json.put("vlan", id));
        return json.build();
    }

    static BridgePort ofJson(JsonObject json) {
        return new BridgePort(json.flag("hairpin", false), json.flag("isolated", false), json.findInteger("vlan"));
    }
}
