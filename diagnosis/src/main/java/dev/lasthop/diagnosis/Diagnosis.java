package dev.lasthop.diagnosis;

import dev.lasthop.address.Protocol;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.ProbeResult;
import dev.lasthop.tracing.Sighting;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * From a dossier to the answer. What was seen decides what became of the packets; the faults then say why, each from prediction,
 * observation, state and counters together. Where none is sure enough the answer is that the evidence does not say.
 */
public final class Diagnosis {
    /** Below this, a finding is no cause but at most an alternative. */
    private static final double SURE = 0.5;

    private static final int ALTERNATIVES = 3;

    private final List<Fault> faults;

    public Diagnosis(List<Fault> faults) {
        this.faults = List.copyOf(faults);
    }

    public Report examine(Dossier dossier) {
        if (isHealthy(dossier)) {
            return report(dossier, Verdict.HEALTHY, List.of());
        }
        List<Finding> findings = faults.stream()
                .flatMap(fault -> fault.examine(dossier))
                .sorted(Comparator.comparingDouble(Finding::confidence)
                        .reversed()) // stable: catalogue order among equals
                .toList();
        return report(dossier, observed(dossier), findings);
    }

    /** All probes were answered; or, over UDP, all were taken by a socket that owes no answer, and an answer would find its way. */
    private static boolean isHealthy(Dossier dossier) {
        Observation observation = dossier.observation();
        int sent = observation.probes().size();
        if (observation.answered() == sent) {
            return sent > 0;
        }
        return isSilentService(dossier);
    }

    private static boolean isSilentService(Dossier dossier) {
        Observation observation = dossier.observation();
        return dossier.asked().protocol().equals(Protocol.UDP)
                && observation.count(ProbeResult.Outcome.SILENT) + observation.answered()
                        == observation.probes().size()
                && dossier.prediction().isHealthy()
                && delivered(dossier) == observation.probes().size()
                && observation.drops().stream().noneMatch(drop -> drop.kind() == Sighting.Kind.REQUEST)
                && dossier.hops().stream().noneMatch(hop -> hop.side() == Side.REPLY && hop.seen() > 0);
    }

    /** What became of the packets, by what was seen alone. */
    private static Verdict observed(Dossier dossier) {
        Observation observation = dossier.observation();
        if (observation.answered() > 0) {
            return Verdict.DEGRADED;
        }
        if (observation.count(ProbeResult.Outcome.REFUSED) > 0
                || wasProhibited(observation) && !isProhibitedByRouting(dossier)) {
            return Verdict.REFUSED;
        }
        boolean requestSeen = dossier.hops().stream().anyMatch(hop -> hop.side() == Side.REQUEST && hop.seen() > 0);
        if (!requestSeen) {
            return Verdict.NOT_SENT;
        }
        boolean replySeen = dossier.hops().stream().anyMatch(hop -> hop.side() == Side.REPLY && hop.seen() > 0);
        if (leftHost(dossier) && !replySeen) {
            return Verdict.LEFT_HOST;
        }
        boolean gone = dossier.stop().side() == Side.REPLY || leftSight(dossier);
        return gone && !replySeen ? Verdict.NO_REPLY : Verdict.DROPPED;
    }

    private static boolean wasProhibited(Observation observation) {
        return observation.probes().stream().anyMatch(probe -> probe.error().contains("prohibited"))
                || observation.sightings().stream()
                        .anyMatch(sighting -> sighting.kind() == Sighting.Kind.ERROR
                                && sighting.text().contains("administratively prohibited"));
    }

    /** A route or rule of type prohibit sends the error that filters send, and is none: the packet found no way. */
    private static boolean isProhibitedByRouting(Dossier dossier) {
        return dossier.stop().agrees()
                && dossier.stop()
                        .obstacle()
                        .filter(obstacle ->
                                obstacle instanceof Obstacle.RouteRefuses || obstacle instanceof Obstacle.RuleRefuses)
                        .isPresent();
    }

    private static boolean leftHost(Dossier dossier) {
        return dossier.prediction().request().ending() instanceof Ending.LeftHost left
                && dossier.observation()
                                .seen(
                                        left.hop().namespace(),
                                        left.hop().link(),
                                        left.hop().direction(),
                                        Sighting.Kind.REQUEST)
                        > 0;
    }

    /** Whether the request was seen on its way into a namespace that may not be looked at: what becomes of it there, nobody knows. */
    private static boolean leftSight(Dossier dossier) {
        return dossier.prediction().request().ending() instanceof Ending.NeedsNamespace beyond
                && dossier.observation()
                                .seen(
                                        beyond.through().namespace(),
                                        beyond.through().link(),
                                        beyond.through().direction(),
                                        Sighting.Kind.REQUEST)
                        > 0;
    }

    private Report report(Dossier dossier, Verdict observed, List<Finding> findings) {
        Optional<Finding> cause = findings.stream().findFirst().filter(finding -> finding.confidence() >= SURE);
        List<Finding> others = findings.stream()
                .filter(finding -> cause.isEmpty()
                        || !finding.fault().id().equals(cause.get().fault().id()))
                .limit(ALTERNATIVES)
                .toList();
        boolean healthy = observed == Verdict.HEALTHY;
        Optional<Hop> last =
                cause.flatMap(Finding::lastHop).or(() -> dossier.stop().last());
        Optional<Hop> next =
                cause.flatMap(Finding::nextHop).or(() -> dossier.stop().next());
        Asked asked = dossier.asked();
        return new Report(
                asked.source(),
                asked.destination(),
                asked.protocol().toString(),
                asked.address().family().toString(),
                healthy ? observed : cause.flatMap(Finding::verdict).orElse(observed),
                healthy
                        ? Side.REQUEST
                        : cause.flatMap(Finding::side).orElse(dossier.stop().side()),
                healthy ? lastOfAll(dossier) : last,
                healthy
                        ? Optional.empty()
                        : next.filter(hop -> !Optional.of(hop).equals(last)),
                cause,
                others,
                dossier.hops(),
                new Report.Counts(dossier.observation().probes().size(), delivered(dossier), (int)
                        dossier.observation().answered()),
                dossier.observation().level().toString(),
                Notes.of(dossier, isSilentService(dossier)),
                dossier.observation().elapsedMillis());
    }

    private static Optional<Hop> lastOfAll(Dossier dossier) {
        return dossier.hops().stream()
                .filter(hop -> hop.seen() > 0)
                .reduce((first, second) -> second)
                .map(JourneyHop::hop);
    }

    /** How many probes reached the last hop of the request's way. */
    private static int delivered(Dossier dossier) {
        int answered = (int) dossier.observation().answered();
        if (!dossier.prediction().request().isDelivered()) {
            return answered;
        }
        return Math.max(
                answered,
                dossier.hops().stream()
                        .filter(hop -> hop.side() == Side.REQUEST && hop.expected())
                        .reduce((first, second) -> second)
                        .map(JourneyHop::seen)
                        .orElse(0));
    }
}
