package dev.lasthop.investigation;

import dev.lasthop.diagnosis.Experiments;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Question;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Further probes and predictions, each made to tell two causes apart. Only what the question gives reason for is done. */
final class Laboratory {
    private static final int SMALL_PACKET = 84;

    private final Investigator investigator;
    private final Inquiry inquiry;
    private final Snapshot snapshot;
    private final Prediction prediction;

    Laboratory(Investigator investigator, Inquiry inquiry, Snapshot snapshot, Prediction prediction) {
        this.investigator = investigator;
        this.inquiry = inquiry;
        this.snapshot = snapshot;
        this.prediction = prediction;
    }

    Experiments experiments() {
        return new Experiments(List.of(), small(), Optional.empty(), others());
    }

    /** Whether a small packet comes through where a large one did not. */
    private Optional<Boolean> small() {
        if (inquiry.size() <= SMALL_PACKET) {
            return Optional.empty();
        }
        var smaller = new Inquiry(
                inquiry.source(),
                inquiry.namespace(),
                inquiry.destination(),
                inquiry.address(),
                inquiry.protocol(),
                inquiry.port(),
                0,
                inquiry.fragment(),
                0,
                1,
                dev.lasthop.tracing.Level.TAPS);
        Question question = prediction.question();
        Observation observation = investigator.observe(
                smaller,
                Investigator.foresee(snapshot, question.withLength(SMALL_PACKET, true)),
                snapshot,
                question.sourcePort() == 0 ? 1 : question.sourcePort());
        return Optional.of(observation.answered() > 0);
    }

    /** What is predicted for flows that differ in one thing. */
    private List<Prediction> others() {
        var others = new ArrayList<Prediction>();
        Question question = prediction.question();
        if (question.length() > SMALL_PACKET) {
            others.add(Investigator.foresee(snapshot, question.withLength(SMALL_PACKET, true)));
        }
        if (question.protocol().isIcmp()) {
            others.add(Investigator.foresee(
                    snapshot,
                    Question.to(question.source(), question.destination(), dev.lasthop.address.Protocol.TCP, 80)));
        }
        return others;
    }
}
