package dev.lasthop.wiring.step;

import dev.lasthop.address.Flow;
import dev.lasthop.address.Protocol;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;

/** {@link ConntrackStep}s as JSON. */
final class ConntrackJson {
    private ConntrackJson() {}

    static JsonObject write(ConntrackStep step) {
        return switch (step) {
            case ConntrackStep.Delete s -> of("conntrack", s, s.original()).build();
            case ConntrackStep.Add s ->
                of("conntrack-add", s, s.original())
                        .put("target", s.target().toString())
                        .put("port", s.port())
                        .build();
            case ConntrackStep.Fill s ->
                StepJson.of("conntrack-fill", s).put("mark", s.mark()).build();
            case ConntrackStep.Forget s ->
                StepJson.of("conntrack-forget", s).put("mark", s.mark()).build();
        };
    }

    static ConntrackStep read(JsonObject json, String kind, Place place) {
        return switch (kind) {
            case "conntrack" -> new ConntrackStep.Delete(place, original(json));
            case "conntrack-add" ->
                new ConntrackStep.Add(place, original(json), StepJson.address(json, "target"), json.integer("port"));
            case "conntrack-fill" -> new ConntrackStep.Fill(place, json.integer("mark"));
            case "conntrack-forget" -> new ConntrackStep.Forget(place, json.integer("mark"));
            default -> throw new JsonException("there is no step \"" + kind + "\"");
        };
    }

    private static JsonObject.Builder of(String kind, ConntrackStep step, Flow original) {
        return StepJson.of(kind, step)
                .put("protocol", original.protocol().number())
                .put("source", original.source().toString())
                .put("sourcePort", original.sourcePort())
                .put("destination", original.destination().toString())
                .put("destinationPort", original.destinationPort());
    }

    private static Flow original(JsonObject json) {
        return new Flow(
                new Protocol(json.integer("protocol")),
                StepJson.address(json, "source"),
                json.integer("sourcePort"),
                StepJson.address(json, "destination"),
                json.integer("destinationPort"));
    }
}
