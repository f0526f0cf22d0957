package dev.lasthop.diagnosis;

import dev.lasthop.address.Flow;
import dev.lasthop.json.JsonArray;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.JsonValue;
import dev.lasthop.path.Hop;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;

/** The report as programs read it: schema {@code lasthop.report/1}. Members are added, never taken away or given another meaning. */
public final class ReportJson {
    private ReportJson() {}

    /** @param fixing what {@code --fix} did; empty where nothing was to be mended */
    public static JsonObject write(Report report, Optional<Fixing> fixing) {
        JsonObject.Builder out = JsonObject.builder()
                .put("schema", "lasthop.report/1")
                .put("flow", asked(report))
                .put("verdict", report.verdict().toString())
                .put("direction", report.direction().toString());
        put(out, "lastHop", report.lastHop());
        put(out, "nextHop", report.nextHop());
        if (report.cause().isPresent()) {
            out.put("cause", cause(report.cause().get()));
        } else {
            out.putNull("cause");
        }
        out.put("alternatives", report.alternatives(), ReportJson::alternative)
                .put("remedies", report.cause().map(Finding::remedies).orElse(List.of()), ReportJson::remedy)
                .put("hops", report.hops(), ReportJson::hop)
                .put("probes", probes(report.probes()))
                .put("observation", report.level())
                .putStrings("notes", report.notes());
        if (fixing.isPresent()) {
            out.put("fixed", fixing.get().fixed()).put("changes", fixing.get().changes(), ReportJson::change);
            out.putStrings("failures", fixing.get().failures());
            fixing.get().next().ifPresent(next -> out.put("next", alternative(next)));
        } else {
            out.putNull("fixed").put("changes", JsonArray.of());
        }
        return out.put("elapsedMillis", report.elapsedMillis()).build();
    }

    private static JsonObject asked(Report report) {
        return JsonObject.builder()
                .put("source", report.source())
                .put("destination", report.destination())
                .put("protocol", report.protocol())
                .put("family", report.family())
                .build();
    }

    private static void put(JsonObject.Builder out, String name, Optional<Hop> hop) {
        if (hop.isPresent()) {
            out.put(name, place(hop.get()).build());
        } else {
            out.putNull(name);
        }
    }

    private static JsonObject.Builder place(Hop hop) {
        return JsonObject.builder()
                .put("namespace", hop.namespaceName())
                .put("interface", hop.linkName())
                .put("direction", hop.direction().toString());
    }

    private static JsonObject cause(Finding finding) {
        return JsonObject.builder()
                .put("id", finding.fault().id())
                .put("title", finding.fault().title())
                .put("explanation", finding.explanation())
                .put("confidence", rounded(finding.confidence()))
                .put(
                        "evidence",
                        finding.evidence(),
                        evidence -> JsonObject.builder()
                                .put("kind", evidence.kind())
                                .put("text", evidence.text())
                                .build())
                .build();
    }

    private static JsonObject alternative(Finding finding) {
        return JsonObject.builder()
                .put("id", finding.fault().id())
                .put("confidence", rounded(finding.confidence()))
                .build();
    }

    private static JsonObject remedy(Remedy remedy) {
        return JsonObject.builder()
                .put("summary", remedy.summary())
                .putStrings("commands", remedy.commands())
                .put("scope", remedy.scope())
                .putStrings("undo", remedy.undo())
                .putIfPresent("persistent", Optional.of(remedy.persistent()).filter(text -> !text.isEmpty()))
                .build();
    }

    private static JsonObject hop(JourneyHop hop) {
        return place(hop.hop())
                .put("journey", hop.side().toString())
                .put("expected", hop.expected())
                .put("seen", hop.seen())
                .put("flow", flow(hop.flow()))
                .build();
    }

    private static JsonValue flow(Flow flow) {
        JsonObject.Builder out = JsonObject.builder()
                .put("source", flow.source().toString())
                .put("destination", flow.destination().toString());
        if (flow.protocol().hasPorts()) {
            out.put("sourcePort", flow.sourcePort()).put("destinationPort", flow.destinationPort());
        }
        return out.build();
    }

    private static JsonObject probes(Report.Counts counts) {
        return JsonObject.builder()
                .put("sent", counts.sent())
                .put("delivered", counts.delivered())
                .put("answered", counts.answered())
                .build();
    }

    private static JsonObject change(Fixing.Change change) {
        return JsonObject.builder()
                .putStrings("commands", change.step().commands())
                .putStrings(
                        "undo",
                        change.undo().stream()
                                .map(Step::commands)
                                .flatMap(List::stream)
                                .toList())
                .build();
    }

    private static double rounded(double confidence) {
        return Math.round(confidence * 100) / 100.0;
    }
}
