package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;

/**
 * An endpoint's claim to its namespace's default routes, where that is on several networks: the network with the highest claim has them, for
 * each family for which it leads anywhere. A network that comes later claims less than those before, unless it is asked for.
 *
 * @param claim the first network of a namespace has 0
 * @param table the routing table for answers to what came in by this network while another has the default routes
 */
public record DefaultRoute(int claim, int table) implements Setting {
    static final String KEY = "defaultRoute";

    /** What a connection asks for that is to have the default routes. */
    public static final DefaultRoute WANTED = new DefaultRoute(Integer.MAX_VALUE, 0);

    /** Of an endpoint that was its namespace's first. */
    static final DefaultRoute FIRST = new DefaultRoute(0, Exits.FIRST_TABLE);

    static DefaultRoute of(Endpoint endpoint) {
        return endpoint.settings().find(DefaultRoute.class).orElse(FIRST);
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("claim", claim).put("table", table).build();
    }

    static DefaultRoute ofJson(JsonObject json) {
        return new DefaultRoute(json.integer("claim"), json.integer("table"));
    }
}
