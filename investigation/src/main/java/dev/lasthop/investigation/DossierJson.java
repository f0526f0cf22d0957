package dev.lasthop.investigation;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Asked;
import dev.lasthop.diagnosis.Diagnosis;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Experiments;
import dev.lasthop.diagnosis.Faults;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.json.JsonBoolean;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.path.Place;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Question;
import dev.lasthop.topology.Recording;
import dev.lasthop.topology.RecordingFile;
import dev.lasthop.topology.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;

/**
 * An investigation as JSON and back. Predictions are not kept but their questions: the same code answers them again, so that a newer
 * version can give a better answer to an old file.
 */
final class DossierJson {
    private static final String SCHEMA = "lasthop.dossier/1";

    private DossierJson() {}

    static JsonObject write(Investigator.Result result) {
        Dossier dossier = result.dossier();
        return JsonObject.builder()
                .put("schema", SCHEMA)
                .put("asked", asked(dossier.asked()))
                .put("question", question(dossier.prediction().question()))
                .put("observation", ObservationJson.write(dossier.observation()))
                .put("experiments", experiments(dossier.experiments()))
                .put("declared", dossier.declared(), DossierJson::declared)
                .put("before", recordings(result.before()))
                .put("after", recordings(result.after()))
                .put("elapsedMillis", result.report().elapsedMillis())
                .build();
    }

    /** @throws JsonException if it is of another shape, with the member's name */
    static Investigator.Result read(JsonObject json) {
        String schema = json.findString("schema")
                .orElseThrow(() -> new JsonException("this is no dossier: \"schema\" is missing"));
        if (!schema.equals(SCHEMA)) {
            throw new JsonException("it has format " + ObservationJson.shortened(schema) + ", and this lasthop reads "
                    + SCHEMA + ": use the version that wrote it");
        }
        List<Recording> before = recordings(json, "before");
        List<Recording> after = recordings(json, "after");
        Snapshot first = snapshot(before, "before");
        Snapshot second = after.isEmpty() ? first : snapshot(after, "after");
        Question question = in("question", json, DossierJson::question);
        if (first.namespace(question.source()).isEmpty()) {
            throw new JsonException("question: the source " + question.source() + " is not among the recordings");
        }
        Dossier dossier = Dossier.of(
                in("asked", json, DossierJson::asked),
                first,
                second,
                Investigator.foresee(first, question),
                in("observation", json, ObservationJson::read),
                in("experiments", json, experiments -> experiments(experiments, first)),
                ObservationJson.all(json, "declared", DossierJson::declared));
        Report report = new Diagnosis(Faults.all()).examine(dossier).took(json.longInteger("elapsedMillis"));
        return new Investigator.Result(report, dossier, before, after);
    }

    private static <T> T in(String name, JsonObject json, java.util.function.Function<JsonObject, T> read) {
        try {
            return read.apply(json.object(name));
        } catch (JsonException e) {
            throw new JsonException(name + ": " + e.getMessage());
        }
    }

    private static String recordings(List<Recording> recordings) {
        try {
            var out = new ByteArrayOutputStream();
            RecordingFile.write(recordings, out);
            return Base64.getEncoder().encodeToString(out.toByteArray());
        } catch (IOException e) {
            throw new AssertionError("memory does not fail", e);
        }
    }

    private static List<Recording> recordings(JsonObject json, String name) {
        try {
            byte[] bytes = Base64.getDecoder().decode(json.string(name));
            return RecordingFile.read(new ByteArrayInputStream(bytes));
        } catch (IllegalArgumentException | IOException e) {
            throw new JsonException("\"" + name + "\" holds no recordings: " + e.getMessage());
        }
    }

    private static Snapshot snapshot(List<Recording> recordings, String name) {
        try {
            return Snapshot.decode(recordings);
        } catch (MalformedMessageException e) {
            throw new JsonException("a recording in \"" + name + "\" is damaged: " + e.getMessage());
        }
    }

    private static JsonObject asked(Asked asked) {
        return JsonObject.builder()
                .put("source", asked.source())
                .put("destination", asked.destination())
                .put("address", asked.address().toString())
                .put("protocol", asked.protocol().number())
                .put("port", asked.port())
                .put("size", asked.size())
                .build();
    }

    private static Asked asked(JsonObject json) {
        return new Asked(
                json.string("source"),
                json.string("destination"),
                ObservationJson.address(json, "address"),
                new Protocol(json.integer("protocol")),
                json.integer("port"),
                json.integer("size"));
    }

    private static JsonObject question(Question question) {
        return JsonObject.builder()
                .put("source", question.source())
                .put("destination", question.destination().toString())
                .put("protocol", question.protocol().number())
                .put("sourcePort", question.sourcePort())
                .put("destinationPort", question.destinationPort())
                .put("length", question.length())
                .put("dontFragment", question.dontFragment())
                .put("timeToLive", question.timeToLive())
                .putIfPresent("sourceAddress", question.sourceAddress().map(IpAddress::toString))
                .put("mark", question.mark())
                .build();
    }

    private static Question question(JsonObject json) {
        return new Question(
                json.longInteger("source"),
                ObservationJson.address(json, "destination"),
                new Protocol(json.integer("protocol")),
                json.integer("sourcePort"),
                json.integer("destinationPort"),
                json.integer("length"),
                json.flag("dontFragment", true),
                json.integer("timeToLive"),
                ObservationJson.findAddress(json, "sourceAddress"),
                json.integer("mark"));
    }

    private static JsonObject experiments(Experiments experiments) {
        var out = JsonObject.builder()
                .put("neighbors", experiments.neighbors(), DossierJson::neighbors)
                .put("others", experiments.others(), other -> question(other.question()));
        experiments.small().ifPresent(works -> out.put("small", works));
        experiments
                .otherProtocol()
                .ifPresent(other -> out.put(
                        "otherProtocol",
                        JsonObject.builder()
                                .put("what", other.what())
                                .put("works", other.works())
                                .build()));
        return out.build();
    }

    private static Experiments experiments(JsonObject json, Snapshot snapshot) {
        List<Prediction> others = ObservationJson.all(json, "others", DossierJson::question).stream()
                .map(question -> {
                    if (snapshot.namespace(question.source()).isEmpty()) {
                        throw new JsonException("others: " + question.source() + " is not among the recordings");
                    }
                    return Investigator.foresee(snapshot, question);
                })
                .toList();
        return new Experiments(
                ObservationJson.all(json, "neighbors", DossierJson::neighbors),
                json.find("small").map(value -> value instanceof JsonBoolean flag && flag.value()),
                json.findObject("otherProtocol")
                        .map(other -> new Experiments.OtherProtocol(other.string("what"), other.flag("works", false))),
                others);
    }

    private static JsonObject neighbors(Experiments.NeighborAnswers answers) {
        Place link = answers.link();
        return JsonObject.builder()
                .put("namespace", link.namespace())
                .put("namespaceName", link.namespaceName())
                .put("link", link.link().value())
                .put("linkName", link.linkName())
                .put("kind", link.kind())
                .put("address", answers.address().toString())
                .putStrings(
                        "macs",
                        answers.macs().stream().map(MacAddress::toString).toList())
                .build();
    }

    private static Experiments.NeighborAnswers neighbors(JsonObject json) {
        var place = new Place(
                json.longInteger("namespace"),
                json.string("namespaceName"),
                new IfIndex(json.integer("link")),
                json.string("linkName"),
                json.string("kind"));
        try {
            return new Experiments.NeighborAnswers(
                    place,
                    ObservationJson.address(json, "address"),
                    json.strings("macs").stream().map(MacAddress::parse).toList());
        } catch (IllegalArgumentException e) {
            throw new JsonException("\"macs\": " + e.getMessage());
        }
    }

    /** The steps that would put it back are not kept: a replay repairs nothing. */
    private static JsonObject declared(Dossier.Declared declared) {
        return JsonObject.builder()
                .put("network", declared.network())
                .put("namespace", declared.namespace())
                .putStrings(
                        "subnets",
                        declared.subnets().stream().map(Prefix::toString).toList())
                .putStrings("ports", declared.ports())
                .putStrings("missing", declared.missing())
                .build();
    }

    private static Dossier.Declared declared(JsonObject json) {
        return new Dossier.Declared(
                json.string("network"),
                json.string("namespace"),
                json.strings("subnets").stream().map(DossierJson::prefix).toList(),
                json.strings("ports"),
                json.strings("missing"),
                List.of());
    }

    private static Prefix prefix(String text) {
        return Prefix.tryParse(text)
                .orElseThrow(() -> new JsonException("this is no prefix: " + ObservationJson.shortened(text)));
    }
}
