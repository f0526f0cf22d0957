package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.netlink.Bytes;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/** Steps as the journal and the lab keep them. {@code "step"} says which kind it is. */
final class StepJson {
    private StepJson() {}

    static JsonObject write(Step step) {
        return switch (step) {
            case NamespaceStep.Create s ->
                of("namespace-create", s).put("name", s.name()).build();
            case NamespaceStep.Delete s ->
                of("namespace-delete", s).put("name", s.name()).build();
            case LinkStep s -> LinkJson.write(s);
            case AddressStep.Add s ->
                of("address-add", s)
                        .put("link", s.link())
                        .put("address", s.address().toString())
                        .put("noDad", s.noDad())
                        .build();
            case AddressStep.Delete s ->
                of("address-delete", s)
                        .put("link", s.link())
                        .put("address", s.address().toString())
                        .build();
            case RouteStep.Add s ->
                of("route-add", s).put("route", RouteJson.write(s.route())).build();
            case RouteStep.Replace s ->
                of("route-replace", s).put("route", RouteJson.write(s.route())).build();
            case RouteStep.Delete s ->
                of("route-delete", s).put("route", RouteJson.write(s.route())).build();
            case RuleStep.Add s ->
                of("rule-add", s).put("rule", RouteJson.write(s.rule())).build();
            case RuleStep.Delete s ->
                of("rule-delete", s).put("rule", RouteJson.write(s.rule())).build();
            case NeighborStep.Add s ->
                neighbor("neighbor-add", s).put("mac", s.mac().toString()).build();
            case NeighborStep.Delete s -> neighbor("neighbor-delete", s).build();
            case NeighborStep.AddProxy s -> neighbor("proxy-add", s).build();
            case NeighborStep.DeleteProxy s -> neighbor("proxy-delete", s).build();
            case FdbStep.Add s -> fdb("fdb-add", s, s.remote());
            case FdbStep.Delete s -> fdb("fdb-delete", s, s.remote());
            case SysctlStep s ->
                of("sysctl", s).put("key", s.key()).put("value", s.value()).build();
            case TrafficStep s -> TrafficJson.write(s);
            case FirewallStep s -> FirewallJson.write(s);
            case LegacyStep s ->
                of("iptables-legacy", s)
                        .put("family", s.family().toString())
                        .put("table", s.table())
                        .put("chain", s.chain())
                        .put("position", s.position())
                        .put("rule", HexFormat.of().formatHex(s.rule().toArray()))
                        .put("words", s.words())
                        .build();
            case ConntrackStep s -> ConntrackJson.write(s);
            case StaleConnectionsStep s -> StaleConnectionsJson.write(s);
        };
    }

    static Step read(JsonObject json) {
        try {
            return read(json, json.string("step"), Place.parse(json.string("place")));
        } catch (IllegalArgumentException e) {
            throw new JsonException("a step is malformed: " + e.getMessage());
        }
    }

    private static Step read(JsonObject json, String kind, Place place) {
        return switch (kind) {
            case "namespace-create" -> new NamespaceStep.Create(json.string("name"));
            case "namespace-delete" -> new NamespaceStep.Delete(json.string("name"));
            case "address-add" ->
                new AddressStep.Add(
                        place, json.string("link"), Prefix.parse(json.string("address")), json.flag("noDad", false));
            case "address-delete" ->
                new AddressStep.Delete(place, json.string("link"), Prefix.parse(json.string("address")));
            case "route-add" -> new RouteStep.Add(place, RouteJson.route(json.object("route")));
            case "route-replace" -> new RouteStep.Replace(place, RouteJson.route(json.object("route")));
            case "route-delete" -> new RouteStep.Delete(place, RouteJson.route(json.object("route")));
            case "rule-add" -> new RuleStep.Add(place, RouteJson.rule(json.object("rule")));
            case "rule-delete" -> new RuleStep.Delete(place, RouteJson.rule(json.object("rule")));
            case "neighbor-add" ->
                new NeighborStep.Add(
                        place, json.string("link"), address(json, "address"), MacAddress.parse(json.string("mac")));
            case "neighbor-delete" -> new NeighborStep.Delete(place, json.string("link"), address(json, "address"));
            case "proxy-add" -> new NeighborStep.AddProxy(place, json.string("link"), address(json, "address"));
            case "proxy-delete" -> new NeighborStep.DeleteProxy(place, json.string("link"), address(json, "address"));
            case "fdb-add" -> new FdbStep.Add(place, json.string("link"), mac(json), remote(json));
            case "fdb-delete" -> new FdbStep.Delete(place, json.string("link"), mac(json), remote(json));
            case "sysctl" -> new SysctlStep(place, json.string("key"), json.string("value"));
            case "traffic-limit",
                    "traffic-unlimit",
                    "classifier-add",
                    "classifier-delete",
                    "redirect-add",
                    "redirect-delete" -> TrafficJson.read(json, kind, place);
            case "firewall" -> FirewallJson.read(json, place);
            case "iptables-legacy" ->
                new LegacyStep(
                        place,
                        family(json),
                        json.string("table"),
                        json.string("chain"),
                        json.integer("position"),
                        Bytes.of(HexFormat.of().parseHex(json.string("rule"))),
                        json.string("words"));
            case "conntrack", "conntrack-add", "conntrack-fill", "conntrack-forget" ->
                ConntrackJson.read(json, kind, place);
            case "stale-connections" -> StaleConnectionsJson.read(json, place);
            default -> LinkJson.read(json, kind, place);
        };
    }

    static JsonObject.Builder of(String kind, Step step) {
        return JsonObject.builder().put("step", kind).put("place", label(step.place()));
    }

    /** A live namespace has no name that outlives this process; its path does for as long as the process has it open. */
    static String label(Place place) {
        return place instanceof Place.Live live ? "netns:" + live.namespace().path() : place.label();
    }

    static JsonObject.Builder put(JsonObject.Builder json, String name, OptionalInt value) {
        return value.isPresent() ? json.put(name, value.getAsInt()) : json;
    }

    static JsonObject.Builder put(JsonObject.Builder json, String name, Optional<?> value) {
        return json.putIfPresent(name, value.map(Object::toString));
    }

    static IpAddress address(JsonObject json, String name) {
        return IpAddress.parse(json.string(name));
    }

    static Family family(JsonObject json) {
        return json.string("family").equals("ipv6") ? Family.IPV6 : Family.IPV4;
    }

    static <E extends Enum<E>> E constant(Class<E> type, String name) {
        return Enum.valueOf(type, name);
    }

    private static MacAddress mac(JsonObject json) {
        return MacAddress.parse(json.string("mac"));
    }

    private static Optional<IpAddress> remote(JsonObject json) {
        return json.findString("remote").map(IpAddress::parse);
    }

    private static JsonObject.Builder neighbor(String kind, NeighborStep step) {
        return of(kind, step)
                .put("link", step.link())
                .put("address", step.address().toString());
    }

    private static JsonObject fdb(String kind, FdbStep step, Optional<IpAddress> remote) {
        JsonObject.Builder json =
                of(kind, step).put("link", step.link()).put("mac", step.mac().toString());
        return put(json, "remote", remote).build();
    }
}
