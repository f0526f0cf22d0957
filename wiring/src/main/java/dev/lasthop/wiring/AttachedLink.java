package dev.lasthop.wiring;

import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.stream.Stream;

/**
 * The interface of the host that an endpoint was given for its own, as it was before: as which it comes back.
 *
 * @param name on the host
 * @param mtu in bytes
 * @param up whether it was up
 * @param physical whether it is no virtual one, which the kernel destroys with its namespace
 * @param hanging what puts back the addresses that it had and the routes over it
 */
public record AttachedLink(String name, MacAddress mac, int mtu, boolean up, boolean physical, List<Step> hanging)
        implements Setting {
    static final String KEY = "attached";

    public AttachedLink {
        hanging = List.copyOf(hanging);
    }

    /** The addresses that it had, without the kernel's own link-local ones. */
    public List<Prefix> addresses() {
        return hanging.stream()
                .flatMap(step -> step instanceof AddressStep.Add add ? Stream.of(add.address()) : Stream.empty())
                .toList();
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
                .put("physical", physical)
                .put("hanging", hanging, Step::toJson)
                .build();
    }

    static AttachedLink ofJson(JsonObject json) {
        return new AttachedLink(
                json.string("name"),
                MacAddress.parse(json.string("mac")),
                json.integer("mtu"),
                json.flag("up", true),
                json.flag("physical", false),
                json.objects("hanging").stream().map(Step::ofJson).toList());
    }
}
