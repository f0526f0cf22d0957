package dev.lasthop.diagnosis;

import dev.lasthop.path.Ending;
import dev.lasthop.path.Path;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Recording;
import dev.lasthop.tracing.Observation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What the reader should know beside the answer: how closely was looked, and what could not be seen. */
final class Notes {
    private Notes() {}

    /** @param silentService whether UDP was delivered and nothing is owed back */
    static List<String> of(Dossier dossier, boolean silentService) {
        var notes = new ArrayList<String>();
        Observation observation = dossier.observation();
        if (!observation.levelReason().isEmpty()) {
            notes.add("observed at level " + observation.level() + ": " + observation.levelReason());
        }
        if (observation.lost() > 0) {
            notes.add(observation.lost() + " events did not fit into a buffer: what was not seen may have been there");
        }
        if (silentService) {
            notes.add("the service took the datagrams and sent nothing back, as UDP services may");
        }
        beyond(dossier)
                .forEach(
                        place -> notes.add(
                                "beyond " + place
                                        + " the way goes on in a namespace that could not be looked at: what happens there is not known"));
        notes.addAll(gaps(dossier));
        return notes;
    }

    private static Set<String> beyond(Dossier dossier) {
        Set<String> places = new LinkedHashSet<>();
        Stream.concat(Stream.of(dossier.prediction().request()), dossier.prediction().reply().stream())
                .map(Path::ending)
                .filter(Ending.NeedsNamespace.class::isInstance)
                .map(ending -> ((Ending.NeedsNamespace) ending).through())
                .forEach(hop -> places.add(hop.namespaceName() + " " + hop.linkName()));
        return places;
    }

    /** One note for what could not be read for one reason, in however many namespaces. */
    private static List<String> gaps(Dossier dossier) {
        Map<Recording.Gap, List<String>> names = new LinkedHashMap<>();
        for (NamespaceState namespace : dossier.before().namespaces()) {
            namespace
                    .gaps()
                    .forEach(gap ->
                            names.computeIfAbsent(gap, _ -> new ArrayList<>()).add(namespace.name()));
        }
        return names.entrySet().stream()
                .map(one -> one.getKey().source() + " could not be read in " + String.join(", ", one.getValue()) + ": "
                        + one.getKey().reason())
                .toList();
    }
}
