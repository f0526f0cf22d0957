package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;

/**
 * A network that was created.
 *
 * @param driver how endpoints are connected to it, with nothing left open
 * @param mtu in bytes
 * @param complete false while it is being removed
 * @param undo what removing it does to the host: taken down when it was made
 */
public record Network(
        String name,
        Driver driver,
        List<Subnet> subnets,
        boolean internal,
        int mtu,
        boolean masquerade,
        Settings settings,
        boolean complete,
        List<Step> undo) {
    public Network {
        subnets = List.copyOf(subnets);
        undo = List.copyOf(undo);
    }

    public Optional<Subnet> subnet(Family family) {
        return subnets.stream().filter(subnet -> subnet.family() == family).findFirst();
    }

    /** The bridge that its endpoints are on, if that is how it works. */
    public Optional<String> bridge() {
        return driver.bridge();
    }

    /** Whether its packets pass the host's own routing and filter. */
    public boolean crossesHost() {
        return plans().crossesHost();
    }

    DriverPlans plans() {
        return DriverPlans.of(driver);
    }

    Network withUndo(List<Step> steps) {
        return new Network(name, driver, subnets, internal, mtu, masquerade, settings, complete, steps);
    }

    Network with(Setting setting) {
        return new Network(name, driver, subnets, internal, mtu, masquerade, settings.with(setting), complete, undo);
    }

    Network incomplete() {
        return new Network(name, driver, subnets, internal, mtu, masquerade, settings, false, undo);
    }

    /** The network as {@code network inspect} shows it and the state folder keeps it. */
    public JsonObject toJson() {
        JsonObject.Builder json = JsonObject.builder().put("name", name).put("driver", driver.name());
        driver.options().members().forEach(json::put);
        json.put("subnets", subnets, Subnet::toJson)
                .put("internal", internal)
                .put("mtu", mtu)
                .put("masquerade", masquerade);
        if (!settings.all().isEmpty()) {
            json.put("settings", settings.toJson());
        }
        return json.build();
    }

    JsonObject toRecord() {
        JsonObject.Builder json = JsonObject.builder();
        toJson().members().forEach(json::put);
        return json.put("complete", complete).put("undo", undo, Step::toJson).build();
    }

    static Network ofRecord(JsonObject json) {
        return new Network(
                json.string("name"),
                Driver.ofJson(json),
                json.objects("subnets").stream().map(Subnet::ofJson).toList(),
                json.flag("internal", false),
                json.integer("mtu"),
                json.flag("masquerade", true),
                Settings.ofMember(json),
                json.flag("complete", true),
                json.objects("undo").stream().map(Step::ofJson).toList());
    }
}
