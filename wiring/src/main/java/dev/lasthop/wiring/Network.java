package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;

/**
 * A network that was created.
 *
 * @param complete false while it is being removed
 * @param undo what removing it does to the host: taken down when it was made
 */
public record Network(
        String name,
        String bridge,
        List<Subnet> subnets,
        boolean internal,
        int mtu,
        boolean masquerade,
        boolean complete,
        List<Step> undo) {
    public Network {
        subnets = List.copyOf(subnets);
        undo = List.copyOf(undo);
    }

    public Optional<Subnet> subnet(Family family) {
        return subnets.stream().filter(subnet -> subnet.family() == family).findFirst();
    }

    Network withUndo(List<Step> steps) {
        return new Network(name, bridge, subnets, internal, mtu, masquerade, complete, steps);
    }

    Network incomplete() {
        return new Network(name, bridge, subnets, internal, mtu, masquerade, false, undo);
    }

    /** Whether removing the network removes the bridge: it was made for it. */
    boolean ownsBridge() {
        return undo.stream()
                .anyMatch(step ->
                        step instanceof LinkStep.Delete delete && delete.name().equals(bridge));
    }

    /** The network as {@code network inspect} shows it and the state folder keeps it. */
    public JsonObject toJson() {
        return JsonObject.builder()
                .put("name", name)
                .put("driver", "bridge")
                .put("bridge", bridge)
                .put(
                        "subnets",
                        subnets,
                        subnet -> JsonObject.builder()
                                .put("prefix", subnet.prefix().toString())
                                .put("gateway", subnet.gateway().toString())
                                .build())
                .put("internal", internal)
                .put("mtu", mtu)
                .put("masquerade", masquerade)
                .build();
    }

    JsonObject toRecord() {
        JsonObject.Builder json = JsonObject.builder();
        toJson().members().forEach(json::put);
        return json.put("complete", complete).put("undo", undo, Step::toJson).build();
    }

    static Network ofRecord(JsonObject json) {
        return new Network(
                json.string("name"),
                json.string("bridge"),
                json.objects("subnets").stream()
                        .map(subnet -> new Subnet(
                                Prefix.parse(subnet.string("prefix")), IpAddress.parse(subnet.string("gateway"))))
                        .toList(),
                json.flag("internal", false),
                json.integer("mtu"),
                json.flag("masquerade", true),
                json.flag("complete", true),
                json.objects("undo").stream().map(Step::ofJson).toList());
    }
}
