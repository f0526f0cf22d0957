package dev.lasthop.tracing;

import java.util.List;

/**
 * What was seen of some probes, everywhere at once.
 *
 * @param levelReason why it was not looked at more closely; empty at the highest level
 * @param lost events that did not fit into a buffer: what was not seen may have been there
 */
public record Observation(
        Level level,
        String levelReason,
        List<ProbeResult> probes,
        List<Sighting> sightings,
        List<Drop> drops,
        List<LookupFailure> lookupFailures,
        List<RuleTrace> ruleTraces,
        long lost,
        long elapsedMillis) {
    public Observation {
        probes = List.copyOf(probes);
        sightings = List.copyOf(sightings);
        drops = List.copyOf(drops);
        lookupFailures = List.copyOf(lookupFailures);
        ruleTraces = List.copyOf(ruleTraces);
    }

    public long answered() {
        return count(ProbeResult.Outcome.ANSWERED);
    }

    public long count(ProbeResult.Outcome outcome) {
        return probes.stream().filter(probe -> probe.outcome() == outcome).count();
    }

    /** How many different probes were seen at a place. */
    public int seen(
            long namespace,
            dev.lasthop.address.IfIndex link,
            dev.lasthop.path.Direction direction,
            Sighting.Kind kind) {
        return (int) sightings.stream()
                .filter(s -> s.namespace() == namespace
                        && s.link().equals(link)
                        && s.direction() == direction
                        && s.kind() == kind)
                .mapToInt(Sighting::probe)
                .distinct()
                .count();
    }
}
