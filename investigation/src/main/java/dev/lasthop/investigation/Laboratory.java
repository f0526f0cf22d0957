package dev.lasthop.investigation;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Experiments;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Question;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Level;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.ProbeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Further probes and predictions, each made to tell two causes apart. Only what the question gives reason for is done, and all of it
 * within 0.3 seconds.
 */
final class Laboratory {
    private static final int SMALL_PACKET = 84;
    private static final int PORT = 80; // open or not, a host answers
    private static final int MOST_ROLLS = 1;
    private static final Duration PATIENCE = Duration.ofMillis(150);

    private final Investigator investigator;
    private final Inquiry inquiry;
    private final Snapshot snapshot;
    private final Prediction prediction;
    private final Observation observation;

    Laboratory(
            Investigator investigator,
            Inquiry inquiry,
            Snapshot snapshot,
            Prediction prediction,
            Observation observation) {
        this.investigator = investigator;
        this.inquiry = inquiry;
        this.snapshot = snapshot;
        this.prediction = prediction;
        this.observation = observation;
    }

    Experiments experiments() {
        return new Experiments(neighbors(), small(), otherProtocol(), others());
    }

    private record Doubt(Place link, IpAddress address) {}

    /** Who answers for an address that is in doubt. */
    private List<Experiments.NeighborAnswers> neighbors() {
        return doubts().distinct()
                .limit(MOST_ROLLS)
                .flatMap(doubt -> roll(doubt).stream())
                .toList();
    }

    /**
     * An address that nobody whom we can see answers for; or, where nothing at all was foreseen to go wrong, the first next hop beyond
     * which no probe was seen.
     */
    private Stream<Doubt> doubts() {
        Optional<Obstacle> obstacle = prediction.stopped().map(stopped -> stopped.obstacle());
        if (obstacle.orElse(null) instanceof Obstacle.NobodyAnswers nobody) {
            return Stream.of(new Doubt(nobody.from(), nobody.wanted()));
        }
        if (obstacle.isPresent()) {
            return Stream.empty(); // clear enough
        }
        return Stream.concat(Stream.of(prediction.request()), prediction.reply().stream())
                .flatMap(path -> path.elements(Stage.NeighborResolution.class).stream())
                .sorted(java.util.Comparator.comparing(this::wasPassed)) // false first, otherwise as on the way
                .map(resolution -> new Doubt(resolution.link(), resolution.nextHop()));
    }

    private boolean wasPassed(Stage.NeighborResolution resolution) {
        return resolution.answers().stream()
                .anyMatch(answer -> observation.sightings().stream()
                        .anyMatch(sighting ->
                                sighting.namespace() == answer.place().namespace()
                                        && !sighting.forOther()
                                        && sighting.flow().isPresent()));
    }

    private Optional<Experiments.NeighborAnswers> roll(Doubt doubt) {
        List<NetworkNamespace> opened = new ArrayList<>();
        try {
            snapshot.namespace(doubt.link().namespace()).ifPresent(state -> investigator.open(inquiry, state, opened));
            return opened.stream()
                    .findFirst()
                    .flatMap(namespace -> Roll.call(namespace, doubt.link(), doubt.address()));
        } finally {
            opened.forEach(NetworkNamespace::close);
        }
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
                Level.TAPS);
        Question question = prediction.question();
        Observation smallOne = investigator.observe(
                smaller,
                Investigator.foresee(snapshot, question.withLength(SMALL_PACKET, true)),
                snapshot,
                question.sourcePort() == 0 ? 1 : question.sourcePort(),
                PATIENCE);
        return Optional.of(smallOne.answered() > 0);
    }

    /**
     * Whether TCP gets an answer where pings get none and the prediction has nothing, or only the packet filter, against them. A reset is
     * an answer: it has come all the way.
     */
    private Optional<Experiments.OtherProtocol> otherProtocol() {
        boolean doubtful = prediction
                .stopped()
                .map(stopped -> stopped.obstacle() instanceof Obstacle.Filtered
                        || stopped.obstacle() instanceof Obstacle.EchoIgnored)
                .orElse(true);
        if (!inquiry.protocol().isIcmp() || inquiry.size() > SMALL_PACKET || observation.answered() > 0 || !doubtful) {
            return Optional.empty();
        }
        var call = new Inquiry(
                inquiry.source(),
                inquiry.namespace(),
                inquiry.destination(),
                inquiry.address(),
                Protocol.TCP,
                PORT,
                0,
                inquiry.fragment(),
                0,
                1,
                Level.TAPS);
        Observation seen = investigator.observe(
                call,
                Investigator.foresee(
                        snapshot,
                        Investigator.question(call, prediction.question().source(), 0)),
                snapshot,
                0,
                PATIENCE);
        boolean works = seen.probes().stream()
                .anyMatch(probe -> probe.outcome() == ProbeResult.Outcome.ANSWERED
                        || probe.outcome() == ProbeResult.Outcome.REFUSED
                                && (probe.from().isEmpty()
                                        || probe.from().equals(inquiry.address().toString())));
        return Optional.of(new Experiments.OtherProtocol("a TCP connection to port " + PORT, works));
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
                    snapshot, Question.to(question.source(), question.destination(), Protocol.TCP, PORT)));
        }
        return others;
    }
}
