package dev.lasthop.wiring;

import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.LinkStep.IpvlanMode;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Each endpoint is on the network of an interface of the host and shares its MAC address: by frames (l2), or by packets only, which the
 * host's interface passes on (l3), through the host's filter too (l3s).
 *
 * @param parent the interface of the host
 */
public record IpvlanDriver(String parent, IpvlanMode mode) implements Driver {
    static final String NAME = "ipvlan";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> parentLink() {
        return Optional.of(parent);
    }

    @Override
    public JsonObject options() {
        return JsonObject.builder()
                .put("parent", parent)
                .put("mode", mode.name().toLowerCase(Locale.ROOT))
                .build();
    }

    @Override
    public String toString() {
        return NAME + " on " + parent + ", " + mode.name().toLowerCase(Locale.ROOT);
    }

    static IpvlanDriver ofJson(JsonObject json) {
        return new IpvlanDriver(
                json.string("parent"),
                Stream.of(IpvlanMode.values())
                        .filter(mode -> mode.name().equalsIgnoreCase(json.string("mode")))
                        .findFirst()
                        .orElseThrow(() -> new JsonException("there is no ipvlan mode " + json.string("mode"))));
    }

    LinkStep.Kind kind() {
        return new LinkStep.Ipvlan(parent, mode);
    }
}
