package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;

/**
 * No bridge: each endpoint has its address for itself (/32, /128) on a veth pair, and the host routes to it. What it sends goes to a
 * link-local address that the host answers for.
 *
 * @param group the number that the host's ends have in common, by which the table knows that two are on one network; 0 where it is still open
 */
public record RoutedDriver(int group) implements Driver {
    static final String NAME = "routed";

    public RoutedDriver() {
        this(0);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public JsonObject options() {
        return JsonObject.builder().put("group", group).build();
    }

    @Override
    public String toString() {
        return NAME;
    }

    static RoutedDriver ofJson(JsonObject json) {
        return new RoutedDriver(json.integer("group"));
    }
}
