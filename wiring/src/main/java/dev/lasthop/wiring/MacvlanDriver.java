package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.LinkStep.MacvlanMode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Each endpoint is on the network of an interface of the host, with a MAC address of its own.
 *
 * @param parent the interface of the host
 * @param shim the addresses of an interface of the host's own on that network, without which the host and its endpoints cannot talk; none
 *     for no such interface
 */
public record MacvlanDriver(String parent, MacvlanMode mode, List<IpAddress> shim) implements Driver {
    static final String NAME = "macvlan";

    public MacvlanDriver {
        shim = shim.stream().sorted().toList();
    }

    /** In mode bridge, without a shim. */
    public static MacvlanDriver on(String parent) {
        return new MacvlanDriver(parent, MacvlanMode.BRIDGE, List.of());
    }

    public MacvlanDriver in(MacvlanMode other) {
        return new MacvlanDriver(parent, other, shim);
    }

    public MacvlanDriver withShim(IpAddress... addresses) {
        return new MacvlanDriver(parent, mode, List.of(addresses));
    }

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
                .putStrings("shim", shim.stream().map(IpAddress::toString).toList())
                .build();
    }

    @Override
    public String toString() {
        String words = NAME + " on " + parent;
        if (mode != MacvlanMode.BRIDGE) {
            words += ", " + mode.name().toLowerCase(Locale.ROOT);
        }
        return shim.isEmpty()
                ? words
                : words + ", the host as "
                        + String.join(
                                " and ", shim.stream().map(IpAddress::toString).toList());
    }

    static MacvlanDriver ofJson(JsonObject json) {
        return new MacvlanDriver(
                json.string("parent"),
                Stream.of(MacvlanMode.values())
                        .filter(mode -> mode.name().equalsIgnoreCase(json.string("mode")))
                        .findFirst()
                        .orElseThrow(() -> new JsonException("there is no macvlan mode " + json.string("mode"))),
                json.strings("shim").stream().map(IpAddress::parse).toList());
    }

    LinkStep.Kind kind() {
        return new LinkStep.Macvlan(parent, mode);
    }
}
