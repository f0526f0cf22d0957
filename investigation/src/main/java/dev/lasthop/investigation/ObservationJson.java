package dev.lasthop.investigation;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.path.Direction;
import dev.lasthop.tracing.Drop;
import dev.lasthop.tracing.Level;
import dev.lasthop.tracing.LookupFailure;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.ProbeResult;
import dev.lasthop.tracing.RuleTrace;
import dev.lasthop.tracing.Sighting;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What was seen, as JSON and back. The names are the file's, and stay. */
final class ObservationJson {
    /** More of one kind than this is no trace of some probes. */
    private static final int MOST = 200_000;

    private ObservationJson() {}

    static JsonObject write(Observation observation) {
        return JsonObject.builder()
                .put("level", observation.level().name())
                .put("levelReason", observation.levelReason())
                .put("probes", observation.probes(), ObservationJson::probe)
                .put("sightings", observation.sightings(), ObservationJson::sighting)
                .put("drops", observation.drops(), ObservationJson::drop)
                .put("lookupFailures", observation.lookupFailures(), ObservationJson::failure)
                .put("ruleTraces", observation.ruleTraces(), ObservationJson::rule)
                .put("lost", observation.lost())
                .put("elapsedMillis", observation.elapsedMillis())
                .build();
    }

    static Observation read(JsonObject json) {
        return new Observation(
                word(Level.class, json, "level"),
                json.string("levelReason"),
                all(json, "probes", ObservationJson::probe),
                all(json, "sightings", ObservationJson::sighting),
                all(json, "drops", ObservationJson::drop),
                all(json, "lookupFailures", ObservationJson::failure),
                all(json, "ruleTraces", ObservationJson::rule),
                json.longInteger("lost"),
                json.longInteger("elapsedMillis"));
    }

    private static JsonObject probe(ProbeResult probe) {
        return JsonObject.builder()
                .put("number", probe.number())
                .put("outcome", probe.outcome().name())
                .put("error", probe.error())
                .put("from", probe.from())
                .put("nanos", probe.nanos())
                .build();
    }

    private static ProbeResult probe(JsonObject json) {
        return new ProbeResult(
                json.integer("number"),
                word(ProbeResult.Outcome.class, json, "outcome"),
                json.string("error"),
                json.string("from"),
                json.longInteger("nanos"));
    }

    private static JsonObject sighting(Sighting sighting) {
        var out = JsonObject.builder()
                .put("nanos", sighting.nanos())
                .put("namespace", sighting.namespace())
                .put("link", sighting.link().value())
                .put("direction", sighting.direction().name())
                .put("kind", sighting.kind().name())
                .put("probe", sighting.probe())
                .put("forOther", sighting.forOther())
                .put("text", sighting.text());
        sighting.flow().ifPresent(flow -> out.put("flow", flow(flow)));
        return out.build();
    }

    private static Sighting sighting(JsonObject json) {
        return new Sighting(
                json.longInteger("nanos"),
                json.longInteger("namespace"),
                new IfIndex(json.integer("link")),
                word(Direction.class, json, "direction"),
                word(Sighting.Kind.class, json, "kind"),
                json.findObject("flow").map(ObservationJson::flow),
                json.integer("probe"),
                json.flag("forOther", false),
                json.string("text"));
    }

    private static JsonObject drop(Drop drop) {
        var out = JsonObject.builder()
                .put("nanos", drop.nanos())
                .put("namespace", drop.namespace())
                .put("link", drop.link().value())
                .put("reason", drop.reason())
                .put("function", drop.function())
                .putStrings("stack", drop.stack())
                .put("kind", drop.kind().name())
                .put("probe", drop.probe());
        drop.flow().ifPresent(flow -> out.put("flow", flow(flow)));
        return out.build();
    }

    private static Drop drop(JsonObject json) {
        return new Drop(
                json.longInteger("nanos"),
                json.longInteger("namespace"),
                new IfIndex(json.integer("link")),
                json.string("reason"),
                json.string("function"),
                json.strings("stack"),
                word(Sighting.Kind.class, json, "kind"),
                json.findObject("flow").map(ObservationJson::flow),
                json.integer("probe"));
    }

    private static JsonObject failure(LookupFailure failure) {
        return JsonObject.builder()
                .put("nanos", failure.nanos())
                .put("namespace", failure.namespace())
                .put("source", failure.source().toString())
                .put("destination", failure.destination().toString())
                .put("table", failure.table())
                .put("error", failure.error())
                .build();
    }

    private static LookupFailure failure(JsonObject json) {
        return new LookupFailure(
                json.longInteger("nanos"),
                json.longInteger("namespace"),
                address(json, "source"),
                address(json, "destination"),
                json.integer("table"),
                json.string("error"));
    }

    private static JsonObject rule(RuleTrace trace) {
        return JsonObject.builder()
                .put("nanos", trace.nanos())
                .put("namespace", trace.namespace())
                .put("family", trace.family())
                .put("table", trace.table())
                .put("chain", trace.chain())
                .put("handle", trace.handle())
                .put("policy", trace.policy())
                .put("verdict", trace.verdict())
                .put("kind", trace.kind().name())
                .build();
    }

    private static RuleTrace rule(JsonObject json) {
        return new RuleTrace(
                json.longInteger("nanos"),
                json.longInteger("namespace"),
                json.string("family"),
                json.string("table"),
                json.string("chain"),
                json.longInteger("handle"),
                json.flag("policy", false),
                json.string("verdict"),
                word(Sighting.Kind.class, json, "kind"));
    }

    private static JsonObject flow(Flow flow) {
        return JsonObject.builder()
                .put("protocol", flow.protocol().number())
                .put("source", flow.source().toString())
                .put("sourcePort", flow.sourcePort())
                .put("destination", flow.destination().toString())
                .put("destinationPort", flow.destinationPort())
                .build();
    }

    private static Flow flow(JsonObject json) {
        IpAddress source = address(json, "source");
        IpAddress destination = address(json, "destination");
        if (source.family() != destination.family()) {
            throw new JsonException("a flow from " + source + " to " + destination + " has two families");
        }
        return new Flow(
                new Protocol(json.integer("protocol")),
                source,
                json.integer("sourcePort"),
                destination,
                json.integer("destinationPort"));
    }

    static IpAddress address(JsonObject json, String name) {
        return findAddress(json, name)
                .orElseThrow(() -> new JsonException("\"" + name + "\" is missing: an address is wanted there"));
    }

    static Optional<IpAddress> findAddress(JsonObject json, String name) {
        return json.findString(name)
                .map(text -> IpAddress.tryParse(text)
                        .orElseThrow(() -> new JsonException("\"" + name + "\" is no address: " + shortened(text))));
    }

    /** A word of an enum; the error names those that there are. */
    static <E extends Enum<E>> E word(Class<E> type, JsonObject json, String name) {
        String text = json.string(name);
        for (E word : type.getEnumConstants()) {
            if (word.name().equals(text)) {
                return word;
            }
        }
        throw new JsonException(
                "\"" + name + "\" must be one of " + List.of(type.getEnumConstants()) + ", not " + shortened(text));
    }

    /** The objects of an array, each read; the error says which one is wrong. */
    static <T> List<T> all(JsonObject json, String name, Function<JsonObject, T> read) {
        List<JsonObject> items = json.objects(name);
        if (items.size() > MOST) {
            throw new JsonException("\"" + name + "\" has " + items.size() + " items, more than " + MOST);
        }
        return java.util.stream.IntStream.range(0, items.size())
                .mapToObj(i -> {
                    try {
                        return read.apply(items.get(i));
                    } catch (JsonException e) {
                        throw new JsonException(name + "[" + i + "]: " + e.getMessage());
                    }
                })
                .toList();
    }

    static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
