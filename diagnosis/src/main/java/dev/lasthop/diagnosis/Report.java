package dev.lasthop.diagnosis;

import dev.lasthop.path.Hop;
import java.util.List;
import java.util.Optional;

/**
 * The answer: what became of the packets, where they were last, why, and what would mend it. What {@code lasthop diagnose} prints, as
 * text or as JSON ({@code lasthop.report/1}).
 *
 * @param source the endpoint as the command line names it
 * @param destination as it was asked for
 * @param direction which journey broke; the request for a healthy flow
 * @param lastHop the last hop where it was seen; empty where it was seen nowhere
 * @param cause the one that explains it best; empty: the evidence does not say why
 * @param alternatives less likely causes, the likeliest first
 * @param notes what the reader should know besides: the level of observation, events that were lost, gaps
 */
public record Report(
        String source,
        String destination,
        String protocol,
        String family,
        Verdict verdict,
        Side direction,
        Optional<Hop> lastHop,
        Optional<Hop> nextHop,
        Optional<Finding> cause,
        List<Finding> alternatives,
        List<JourneyHop> hops,
        Counts probes,
        String level,
        List<String> notes,
        long elapsedMillis) {
    public Report {
        alternatives = List.copyOf(alternatives);
        hops = List.copyOf(hops);
        notes = List.copyOf(notes);
    }

    /** How many probes were sent, reached the last hop of the request's way, and were answered. */
    public record Counts(int sent, int delivered, int answered) {}

    /** This, with the time that the whole took. */
    public Report took(long millis) {
        return new Report(
                source,
                destination,
                protocol,
                family,
                verdict,
                direction,
                lastHop,
                nextHop,
                cause,
                alternatives,
                hops,
                probes,
                level,
                notes,
                millis);
    }

    public boolean isHealthy() {
        return verdict == Verdict.HEALTHY;
    }

    /** Whether packets were lost and the evidence does not say why. */
    public boolean isInconclusive() {
        return !isHealthy() && cause.isEmpty();
    }
}
