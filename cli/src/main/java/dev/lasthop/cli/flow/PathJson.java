package dev.lasthop.cli.flow;

import dev.lasthop.investigation.Inquiry;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.JsonValue;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.path.PathElement;
import dev.lasthop.path.PathText;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Stage;

/** A predicted path as programs read it: schema {@code lasthop.path/1}. */
final class PathJson {
    private PathJson() {}

    static JsonObject write(Inquiry inquiry, Prediction prediction) {
        JsonObject.Builder out = JsonObject.builder()
                .put("schema", "lasthop.path/1")
                .put(
                        "flow",
                        JsonObject.builder()
                                .put("source", inquiry.source())
                                .put("destination", inquiry.destination())
                                .put("protocol", inquiry.protocol().toString())
                                .put("family", inquiry.address().family().toString())
                                .build())
                .put("request", path(prediction.request()));
        prediction.reply().ifPresentOrElse(reply -> out.put("reply", path(reply)), () -> out.putNull("reply"));
        return out.build();
    }

    private static JsonValue path(Path path) {
        return JsonObject.builder()
                .put("elements", path.elements(), PathJson::element)
                .put("ending", ending(path.ending()))
                .put("text", PathText.of(path))
                .build();
    }

    private static JsonValue element(PathElement element) {
        return switch (element) {
            case Passage passage ->
                JsonObject.builder()
                        .put("kind", "hop")
                        .put("namespace", passage.hop().namespaceName())
                        .put("interface", passage.hop().linkName())
                        .put("direction", passage.hop().direction().toString())
                        .put("flow", passage.flow().toString())
                        .build();
            case Stage stage ->
                JsonObject.builder()
                        .put("kind", name(stage.getClass().getSimpleName()))
                        .put("namespace", stage.namespaceName())
                        .put("text", stage.toString())
                        .build();
        };
    }

    /** {@code RoutingDecision} is {@code routing-decision}. */
    private static String name(String type) {
        return type.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
    }

    private static JsonValue ending(Ending ending) {
        String kind = name(ending.getClass().getSimpleName());
        String obstacle = ending instanceof Ending.Stopped stopped
                ? name(stopped.obstacle().getClass().getSimpleName())
                : "";
        JsonObject.Builder out = JsonObject.builder().put("kind", kind);
        return (obstacle.isEmpty() ? out : out.put("obstacle", obstacle)).build();
    }
}
