package dev.lasthop.wiring;

import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonObject;
import java.util.List;

/**
 * The interface of the host that an endpoint was given for its own, as it was before: as which it comes back.
 *
 * @param name on the host
 * @param mtu in bytes
 * @param up whether it was up
 * @param addresses those that it had, without the kernel's own link-local ones
 */
public record AttachedLink(String name, MacAddress mac, int mtu, boolean up, List<Prefix> addresses)
        implements Setting {
    static final String KEY = "attached";

    public AttachedLink {
        addresses = List.copyOf(addresses);
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder()
                .put("name", name)
                .put("mac", mac.toString())
                .put("mtu", mtu)
                .put("up", up)
                .putStrings(
                        "addresses", addresses.stream().map(Prefix::toString).toList())
                .build();
    }

    static AttachedLink ofJson(JsonObject json) {
        return new AttachedLink(
                json.string("name"),
                MacAddress.parse(json.string("mac")),
                json.integer("mtu"),
                json.flag("up", true),
                json.strings("addresses").stream().map(Prefix::parse).toList());
    }
}
