package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Predictor;
import dev.lasthop.path.filter.FilterWalk;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import java.util.List;

/** What would become of the flow if a namespace remembered no connections, and its present rules alone decided. */
final class Unremembered {
    private Unremembered() {}

    static Prediction predict(Dossier dossier, String namespaceName) {
        Snapshot without = new Snapshot(dossier.before().namespaces().stream()
                .map(state -> state.name().equals(namespaceName) ? forgetful(state) : state)
                .toList());
        return Predictor.predict(without, dossier.prediction().question(), new FilterWalk());
    }

    private static NamespaceState forgetful(NamespaceState state) {
        Conntrack known = state.conntrack();
        return state.withConntrack(new Conntrack(known.maximum(), known.count(), known.statistics(), List.of()));
    }
}
