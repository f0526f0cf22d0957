package dev.lasthop.wiring.step;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonObject;
import dev.lasthop.topology.Route;

/** Routes and rules as JSON. */
final class RouteJson {
    private RouteJson() {}

    static JsonObject write(RouteTo route) {
        JsonObject.Builder json = JsonObject.builder()
                .put("type", route.type().name())
                .put("destination", route.destination().toString())
                .put("table", route.table())
                .put("protocol", route.protocol())
                .put("nextHops", route.nextHops(), RouteJson::hop);
        route.metric().ifPresent(metric -> json.put("metric", metric));
        route.nextHopId().ifPresent(id -> json.put("nextHopId", id));
        return StepJson.put(StepJson.put(json, "source", route.source()), "mtu", route.mtu())
                .build();
    }

    static RouteTo route(JsonObject json) {
        return new RouteTo(
                StepJson.constant(Route.Type.class, json.string("type")),
                Prefix.parse(json.string("destination")),
                json.integer("table"),
                json.findLong("metric"),
                json.objects("nextHops").stream().map(RouteJson::hop).toList(),
                json.findString("source").map(IpAddress::parse),
                json.findInteger("mtu"),
                json.integer("protocol"),
                json.findInteger("nextHopId"));
    }

    static JsonObject write(RuleStep.Selector rule) {
        JsonObject.Builder json =
                JsonObject.builder().put("family", rule.family().toString());
        rule.priority().ifPresent(priority -> json.put("priority", priority));
        StepJson.put(StepJson.put(json, "from", rule.from()), "to", rule.to());
        StepJson.put(StepJson.put(json, "in", rule.inputLink()), "out", rule.outputLink());
        StepJson.put(StepJson.put(json, "mark", rule.mark()), "mask", rule.mask());
        return json.put("action", rule.action().name())
                .put("table", rule.table())
                .build();
    }

    static RuleStep.Selector rule(JsonObject json) {
        return new RuleStep.Selector(
                StepJson.family(json),
                json.findLong("priority"),
                json.findString("from").map(Prefix::parse),
                json.findString("to").map(Prefix::parse),
                json.findString("in"),
                json.findString("out"),
                json.findInteger("mark"),
                json.findInteger("mask"),
                StepJson.constant(RuleStep.Action.class, json.string("action")),
                json.integer("table"));
    }

    private static JsonObject hop(RouteTo.NextHop hop) {
        JsonObject.Builder json = JsonObject.builder();
        StepJson.put(StepJson.put(json, "gateway", hop.gateway()), "link", hop.link());
        return json.put("weight", hop.weight()).put("onLink", hop.onLink()).build();
    }

    private static RouteTo.NextHop hop(JsonObject json) {
        return new RouteTo.NextHop(
                json.findString("gateway").map(IpAddress::parse),
                json.findString("link"),
                json.integer("weight"),
                json.flag("onLink", false));
    }
}
