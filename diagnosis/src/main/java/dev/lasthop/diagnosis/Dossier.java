package dev.lasthop.diagnosis;

import dev.lasthop.address.Prefix;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Path;
import dev.lasthop.path.Prediction;
import dev.lasthop.topology.Counters;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Drop;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.RuleTrace;
import dev.lasthop.tracing.Sighting;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that is known of one question: what was asked, the state before and after, what was predicted, what was seen. Faults are examined
 * on this and on nothing else, so a dossier that was recorded elsewhere gives the same answer.
 *
 * @param after the state when the probes were done: counters have grown, neighbours have failed
 * @param hops both journeys with their counts
 * @param stop where the packets stopped
 * @param experiments what further probes showed
 * @param declared what Lasthop's own records say should be there
 */
public record Dossier(
        Asked asked,
        Snapshot before,
        Snapshot after,
        Prediction prediction,
        Observation observation,
        List<JourneyHop> hops,
        Stop stop,
        Experiments experiments,
        List<Declared> declared) {
    public Dossier {
        hops = List.copyOf(hops);
        declared = List.copyOf(declared);
    }

    public static Dossier of(
            Asked asked,
            Snapshot before,
            Snapshot after,
            Prediction prediction,
            Observation observation,
            Experiments experiments,
            List<Declared> declared) {
        var journeys = new Journeys(prediction, observation, before);
        List<JourneyHop> hops = journeys.hops();
        return new Dossier(
                asked, before, after, prediction, observation, hops, journeys.stop(hops), experiments, declared);
    }

    /**
     * A network that Lasthop's records declare.
     *
     * @param namespace the host namespace that it is wired in, as the command line names it
     * @param subnets whose addresses it gives out
     * @param ports of the host that it leads into containers: {@code 8080/tcp}
     * @param missing which of its packet filter rules are not there any more, a line each; empty where it is whole
     * @param repair the steps that put them back
     */
    public record Declared(
            String network,
            String namespace,
            List<Prefix> subnets,
            List<String> ports,
            List<String> missing,
            List<dev.lasthop.wiring.step.Step> repair) {
        public Declared {
            subnets = List.copyOf(subnets);
            ports = List.copyOf(ports);
            missing = List.copyOf(missing);
            repair = List.copyOf(repair);
        }
    }

    /**
     * What the prediction says stands in the way, if it is of this kind and on the journey that broke. {@link #agreement} says how far to
     * trust it.
     */
    public <T extends Obstacle> Stream<T> obstacle(Class<T> kind) {
        return stop.obstacle().filter(kind::isInstance).map(kind::cast).stream();
    }

    /** The confidence that a predicted obstacle deserves: high where the packets were last seen right before it. */
    public double agreement() {
        return stop.agrees() ? 0.95 : 0.4;
    }

    /** The path of the journey that broke. */
    public Path broken() {
        return stop.side() == Side.REQUEST
                ? prediction.request()
                : prediction.reply().orElse(prediction.request());
    }

    public Optional<Ending.Stopped> predictedStop() {
        return broken().stopped();
    }

    public Optional<NamespaceState> namespace(long inode) {
        return before.namespace(inode);
    }

    /** The sender's namespace. */
    public NamespaceState source() {
        return before.namespace(prediction.question().source()).orElseThrow();
    }

    /** The kind of packet that the broken journey consists of. */
    public Sighting.Kind brokenKind() {
        return stop.side() == Side.REQUEST ? Sighting.Kind.REQUEST : Sighting.Kind.REPLY;
    }

    /** Drops of the broken journey's packets in a namespace. */
    public List<Drop> drops(long namespace) {
        return observation.drops().stream()
                .filter(drop -> drop.namespace() == namespace && drop.kind() == brokenKind())
                .toList();
    }

    /** The packet filter's own words on the broken journey's packets in a namespace. */
    public List<RuleTrace> ruleTraces(long namespace) {
        return observation.ruleTraces().stream()
                .filter(trace -> trace.namespace() == namespace && trace.kind() == brokenKind())
                .toList();
    }

    /** How many different probes were seen at a hop, on the journey that broke. */
    public int seen(Hop hop) {
        return observation.seen(hop.namespace(), hop.link(), hop.direction(), brokenKind());
    }

    /** What a namespace's counters have grown by while the probes were under way. */
    public Counters grown(long namespace) {
        Counters none = new Counters(new java.util.TreeMap<>());
        return after.namespace(namespace)
                .map(state -> state.counters()
                        .since(before.namespace(namespace)
                                .map(NamespaceState::counters)
                                .orElse(none)))
                .orElse(none);
    }

    /** Evidence that every finding can use: where the packets were seen last, and the kernel's drop there. */
    public List<Evidence> bracket() {
        var evidence = new java.util.ArrayList<Evidence>();
        stop.last()
                .filter(hop -> seen(hop) > 0)
                .ifPresent(hop -> evidence.add(new Evidence(
                        "seen",
                        "%d of %d probes were last seen at %s"
                                .formatted(seen(hop), observation.probes().size(), hop))));
        stop.next()
                .filter(hop -> seen(hop) == 0)
                .ifPresent(hop -> evidence.add(new Evidence("seen", "none was seen at " + hop)));
        observation.drops().stream()
                .filter(drop -> drop.kind() == brokenKind())
                .map(drop -> "the kernel dropped it: " + drop.reason()
                        + (drop.function().isEmpty() ? "" : " in " + drop.function())
                        + before.namespace(drop.namespace())
                                .map(state -> " (" + state.name() + ")")
                                .orElse(""))
                .distinct()
                .limit(3)
                .forEach(text -> evidence.add(new Evidence("drop", text)));
        return evidence;
    }
}
