package dev.lasthop.wiring.step;

import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;

/** {@link TrafficStep}s as JSON. */
final class TrafficJson {
    private TrafficJson() {}

    static JsonObject write(TrafficStep step) {
        return switch (step) {
            case TrafficStep.Limit s ->
                of("traffic-limit", s)
                        .put("rate", s.rate().toString())
                        .put("burst", s.burst())
                        .put("limit", s.limit())
                        .build();
            case TrafficStep.Unlimit s -> of("traffic-unlimit", s).build();
            case TrafficStep.AddClassifier s -> of("classifier-add", s).build();
            case TrafficStep.DeleteClassifier s -> of("classifier-delete", s).build();
            case TrafficStep.Redirect s ->
                of("redirect-add", s).put("to", s.to()).build();
            case TrafficStep.DeleteRedirect s -> of("redirect-delete", s).build();
        };
    }

    static TrafficStep read(JsonObject json, String kind, Place place) {
        String link = json.string("link");
        return switch (kind) {
            case "traffic-limit" ->
                new TrafficStep.Limit(
                        place, link, Rate.parse(json.string("rate")), json.integer("burst"), json.integer("limit"));
            case "traffic-unlimit" -> new TrafficStep.Unlimit(place, link);
            case "classifier-add" -> new TrafficStep.AddClassifier(place, link);
            case "classifier-delete" -> new TrafficStep.DeleteClassifier(place, link);
            case "redirect-add" -> new TrafficStep.Redirect(place, link, json.string("to"));
            case "redirect-delete" -> new TrafficStep.DeleteRedirect(place, link);
            default -> throw new JsonException("there is no step \"" + kind + "\"");
        };
    }

    private static JsonObject.Builder of(String kind, TrafficStep step) {
        return StepJson.of(kind, step).put("link", step.link());
    }
}
