package dev.lasthop.wiring.step;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.json.JsonObject;

/** {@link StaleConnectionsStep}s as JSON. */
final class StaleConnectionsJson {
    private StaleConnectionsJson() {}

    static JsonObject write(StaleConnectionsStep step) {
        return StepJson.of("stale-connections", step)
                .put("which", step.which().name())
                .put("redirects", step.redirects(), StaleConnectionsJson::write)
                .build();
    }

    private static JsonObject write(StaleConnectionsStep.Redirect redirect) {
        JsonObject.Builder json = JsonObject.builder()
                .put("protocol", redirect.protocol().number())
                .put("first", redirect.first())
                .put("last", redirect.last())
                .put("to", redirect.to().toString())
                .put("firstThere", redirect.firstThere());
        return StepJson.put(json, "host", redirect.host()).build();
    }

    static StaleConnectionsStep read(JsonObject json, Place place) {
        return new StaleConnectionsStep(
                place,
                StepJson.constant(StaleConnectionsStep.Which.class, json.string("which")),
                json.objects("redirects").stream()
                        .map(StaleConnectionsJson::redirect)
                        .toList());
    }

    private static StaleConnectionsStep.Redirect redirect(JsonObject json) {
        return new StaleConnectionsStep.Redirect(
                new Protocol(json.integer("protocol")),
                json.findString("host").map(IpAddress::parse),
                json.integer("first"),
                json.integer("last"),
                StepJson.address(json, "to"),
                json.integer("firstThere"));
    }
}
