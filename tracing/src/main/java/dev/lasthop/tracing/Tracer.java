package dev.lasthop.tracing;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Poll;
import dev.lasthop.packet.Tap;
import dev.lasthop.packet.TappedPacket;
import dev.lasthop.packet.Taps;
import dev.lasthop.packet.probe.Prober;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sends probes and watches for them everywhere at once: taps on the interfaces, the kernel's tracepoints, the packet filter's trace.
 * Everything is set up before the first probe leaves, and gone when this returns.
 */
public final class Tracer {
    /** What is still on its way to the taps when the last answer has come. */
    private static final Duration AFTERGLOW = Duration.ofMillis(8);

    private final TraceRequest request;
    private final List<Sighting> sightings = new ArrayList<>();

    private Tracer(TraceRequest request) {
        this.request = request;
    }

    /** @throws dev.lasthop.linux.KernelException EPERM without CAP_NET_RAW (or CAP_NET_ADMIN, to enter a namespace) */
    public static Observation trace(TraceRequest request) {
        return new Tracer(request).run();
    }

    private Observation run() {
        long start = System.nanoTime();
        try (Prober prober = Prober.open(request.source(), request.probe(), request.count())) {
            List<Flow> sent =
                    IntStream.range(0, request.count()).mapToObj(prober::flow).toList();
            var flows = new FlowSet(request, sent);
            Classifier classifier = flows.classifier();
            try (Taps taps = Taps.open(request.watched(), Tap.Settings.of(flows.match()));
                    Events events = Events.open(
                            request.level(), flows.filter(), request.probe().size());
                    RuleTraces rules = RuleTraces.open(request.ruleTraced(), flows)) {
                var outcomes = new Outcomes(request.probe(), request.count());
                watch(prober, outcomes, taps, events, rules, classifier);
                settle(taps, events, rules, classifier);
                return new Observation(
                        events.level(),
                        events.levelReason(),
                        outcomes.results(),
                        sightings,
                        events.drops(classifier),
                        events.lookupFailures(),
                        rules.traces(),
                        taps.dropped() + events.lost() + rules.lost(),
                        Duration.ofNanos(System.nanoTime() - start).toMillis());
            }
        }
    }

    private void watch(
            Prober prober, Outcomes outcomes, Taps taps, Events events, RuleTraces rules, Classifier classifier) {
        long next = System.nanoTime();
        int number = 0;
        long end = Long.MAX_VALUE; // patience counts from the last probe: on a busy machine it may leave late, and
        // must leave
        while (number < request.count() || System.nanoTime() - end < 0 && !outcomes.complete()) {
            if (number < request.count() && System.nanoTime() >= next) {
                prober.send(number++);
                next += request.spacing().toNanos();
                end = System.nanoTime() + request.patience().toNanos();
            }
            long until = number < request.count() ? Math.min(next, end) : end;
            await(prober, taps, until);
            prober.poll().forEach(outcomes::note);
            taps.drain().forEach(packet -> sight(packet, classifier));
            events.drain();
            rules.drain();
        }
    }

    /** Waits until something can be read, or the time for the next probe has come; never longer than a tick, as events of BPF are polled. */
    private void await(Prober prober, Taps taps, long until) {
        long tick = Math.min(until - System.nanoTime(), Duration.ofMillis(20).toNanos());
        if (tick <= 0) {
            return;
        }
        List<Poll.Interest> interests = Stream.concat(prober.interests().stream(), taps.interests().stream())
                .toList();
        Poll.wait(interests, Duration.ofNanos(tick));
    }

    private void settle(Taps taps, Events events, RuleTraces rules, Classifier classifier) {
        long end = System.nanoTime() + AFTERGLOW.toNanos();
        while (System.nanoTime() < end) {
            taps.poll(Duration.ofNanos(Math.max(0, end - System.nanoTime())))
                    .forEach(packet -> sight(packet, classifier));
        }
        events.drain();
        rules.drain();
    }

    private void sight(TappedPacket tapped, Classifier classifier) {
        classifier.part(tapped.packet()).ifPresent(part -> sightings.add(Sighting.of(tapped, part)));
    }

    /** The addresses that the conversation is expected to have at some hop. */
    static Set<IpAddress> addresses(List<Flow> flows) {
        Set<IpAddress> addresses = new HashSet<>();
        flows.forEach(flow -> {
            addresses.add(flow.source());
            addresses.add(flow.destination());
        });
        return addresses;
    }
}
