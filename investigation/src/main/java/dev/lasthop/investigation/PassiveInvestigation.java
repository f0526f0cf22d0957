package dev.lasthop.investigation;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Experiments;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.path.Path;
import dev.lasthop.path.Prediction;
import dev.lasthop.topology.Atlas;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.OverhearRequest;
import dev.lasthop.tracing.Overhearing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The method without probes: the path is inferred, and the application's own packets are watched on it. */
public final class PassiveInvestigation {
    private final Investigator investigator;
    private final Inquiry inquiry;

    /** @param inquiry its count is how many connections (for ICMP: echo requests) are waited for */
    public PassiveInvestigation(Investigator investigator, Inquiry inquiry) {
        this.investigator = investigator;
        this.inquiry = inquiry;
    }

    /**
     * Waits for the application.
     *
     * @param ready is told when what the application sends from now on is heard
     * @return empty if it sent nothing within the time
     */
    public Optional<Investigator.Result> await(Duration limit, Runnable ready) {
        long start = System.nanoTime();
        Atlas atlas = investigator.atlas(inquiry);
        int identifier = inquiry.protocol().isIcmp() ? Investigator.identifier(inquiry) : inquiry.sourcePort();
        Prediction prediction = investigator.predict(atlas, inquiry, identifier);
        Snapshot before = atlas.snapshot();
        return observe(prediction, before, limit, ready).map(observation -> {
            Atlas later = investigator.atlas(inquiry);
            before.namespaces().forEach(state -> later.load(state.inode()));
            Dossier dossier = Dossier.of(
                    inquiry.asked(),
                    before,
                    later.snapshot(),
                    prediction,
                    observation,
                    Experiments.NONE,
                    investigator.declared());
            return Investigator.result(dossier, atlas, later, start);
        });
    }

    private Optional<Observation> observe(Prediction prediction, Snapshot snapshot, Duration limit, Runnable ready) {
        List<Path> paths = Investigator.paths(prediction);
        List<NetworkNamespace> opened = new ArrayList<>();
        try {
            snapshot.namespaces().stream()
                    .sorted(Comparator.comparing(NamespaceState::name))
                    .forEach(state -> investigator.open(inquiry, state, opened));
            var request = new OverhearRequest(
                    inquiry.namespace(),
                    inquiry.address(),
                    inquiry.protocol(),
                    inquiry.port(),
                    inquiry.sourcePort(),
                    inquiry.count(),
                    limit,
                    opened,
                    Investigator.flows(paths),
                    Investigator.neighbors(paths, snapshot),
                    Investigator.tunnelPorts(snapshot),
                    inquiry.level());
            return Overhearing.listen(request, ready);
        } finally {
            opened.forEach(NetworkNamespace::close);
        }
    }
}
