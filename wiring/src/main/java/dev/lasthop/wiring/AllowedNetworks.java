package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import java.util.List;

/**
 * Other networks whose endpoints may reach this one's, and be reached from it. All others are kept apart.
 *
 * @param names in order, none twice
 */
public record AllowedNetworks(List<String> names) implements Setting {
    static final String KEY = "allow";

    public AllowedNetworks {
        names = names.stream().distinct().sorted().toList();
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().putStrings("networks", names).build();
    }

    static AllowedNetworks ofJson(JsonObject json) {
        return new AllowedNetworks(json.strings("networks"));
    }
}
