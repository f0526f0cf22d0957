package dev.lasthop.tracing;

import dev.lasthop.address.Flow;
import dev.lasthop.linux.Poll;
import dev.lasthop.packet.Direction;
import dev.lasthop.packet.Icmp;
import dev.lasthop.packet.Packet;
import dev.lasthop.packet.Tap;
import dev.lasthop.packet.TappedPacket;
import dev.lasthop.packet.Taps;
import dev.lasthop.packet.Tcp;
import dev.lasthop.tracing.ProbeResult.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sends nothing: waits until an application in the source calls the destination, and sees where its packets pass. What is a probe
 * elsewhere is here one of the application's connections (for UDP: a port that it sends from; for ICMP: an echo request).
 */
public final class Overhearing {
    private static final Duration PATIENCE = Duration.ofMillis(450);
    private static final Duration AFTERGLOW = Duration.ofMillis(8);
    private static final Duration TICK = Duration.ofMillis(20);

    /** A busy application may send more than can be kept: its first packets are the ones that count. */
    private static final int MOST = 20_000;

    private final OverhearRequest request;
    private final List<TappedPacket> kept = new ArrayList<>();
    private final Map<Integer, Call> calls = new HashMap<>();
    private long overflow;
    private long open; // since when all places are watched: what passed some of them before is not told of

    /** A connection that was heard of: where it comes from, since when, and what came back to the caller. */
    private static final class Call {
        final int number;
        final int key;
        final long since;
        ProbeResult result;

        Call(int number, int key, long since) {
            this.number = number;
            this.key = key;
            this.since = since;
            this.result = new ProbeResult(number, Outcome.SILENT, "", "", 0);
        }

        void came(Outcome outcome, String error, String from, long nanos) {
            if (result.outcome() == Outcome.SILENT || outcome == Outcome.ANSWERED) {
                result = new ProbeResult(number, outcome, error, from, outcome == Outcome.ERROR ? 0 : nanos - since);
            }
        }
    }

    private Overhearing(OverhearRequest request) {
        this.request = request;
    }

    /**
     * Waits.
     *
     * @param ready is told when all places are watched: what is sent before that is not heard
     * @return empty if the application said nothing within the time
     * @throws dev.lasthop.linux.KernelException EPERM without CAP_NET_RAW
     */
    public static Optional<Observation> listen(OverhearRequest request, Runnable ready) {
        return new Overhearing(request).run(ready);
    }

    private Optional<Observation> run(Runnable ready) {
        long start = System.nanoTime();
        try (Taps taps = Taps.open(request.watched(), Tap.Settings.of(request.match()));
                Events events = Events.open(request.level(), request.filter(), 0)) {
            ready.run();
            watch(taps, events);
            if (calls.isEmpty()) {
                return Optional.empty();
            }
            Classifier classifier = classifier();
            return Optional.of(new Observation(
                    events.level(),
                    events.levelReason(),
                    inOrder().map(call -> call.result).toList(),
                    kept.stream()
                            .flatMap(tapped -> classifier.part(tapped.packet()).flatMap(this::numbered).stream()
                                    .map(part -> Sighting.of(tapped, part)))
                            .toList(),
                    events.drops(classifier).stream()
                            .flatMap(drop -> numbered(drop).stream())
                            .toList(),
                    events.lookupFailures(),
                    List.of(),
                    overflow + taps.dropped() + events.lost(),
                    Duration.ofNanos(System.nanoTime() - start).toMillis()));
        }
    }

    private void watch(Taps taps, Events events) {
        open = System.nanoTime();
        long now = open;
        long end = now + request.limit().toNanos();
        long settled = Long.MAX_VALUE;
        while (now - end < 0 && now - settled < 0) {
            Poll.wait(taps.interests(), TICK);
            now = System.nanoTime();
            boolean waiting = calls.size() < request.count();
            taps.drain().forEach(this::hear);
            events.drain();
            if (waiting && calls.size() >= request.count()) {
                settled = now + PATIENCE.toNanos();
            }
            if (calls.size() >= request.count()
                    && calls.values().stream().noneMatch(call -> call.result.outcome() == Outcome.SILENT)) {
                settled = Math.min(settled, now + AFTERGLOW.toNanos());
            }
        }
        taps.drain().forEach(this::hear);
        events.drain();
    }

    private void hear(TappedPacket tapped) {
        if (tapped.nanos() < open) {
            return;
        }
        if (kept.size() >= MOST) {
            overflow++;
            return;
        }
        kept.add(tapped);
        if (tapped.namespaceInode() == request.source().inode()) {
            atCaller(tapped);
        }
    }

    private void atCaller(TappedPacket tapped) {
        Packet packet = tapped.packet();
        Optional<Packet> quoted = packet.quoted();
        if (quoted.isPresent()) {
            call(quoted.get(), true).ifPresent(call -> refused(call, packet, tapped.nanos()));
        } else if (isRequest(packet) && tapped.direction() == Direction.OUT) {
            begin(packet, tapped.nanos());
        } else if (tapped.direction() == Direction.IN) {
            call(packet, false).ifPresent(call -> {
                boolean reset = packet.tcp().filter(tcp -> tcp.has(Tcp.RST)).isPresent();
                call.came(reset ? Outcome.REFUSED : Outcome.ANSWERED, reset ? "ECONNREFUSED" : "", "", tapped.nanos());
            });
        }
    }

    private static void refused(Call call, Packet error, long nanos) {
        String from = error.source().map(Object::toString).orElse("");
        error.icmp()
                .ifPresent(icmp -> call.came(
                        icmp.isPortUnreachable() ? Outcome.REFUSED : Outcome.ERROR, IcmpText.of(icmp), from, nanos));
    }

    private boolean isRequest(Packet packet) {
        Optional<Flow> flow = packet.flow();
        return flow.isPresent()
                && flow.get().protocol().equals(request.protocol())
                && flow.get().destination().equals(request.destination())
                && (request.protocol().isIcmp()
                        ? packet.icmp().filter(Icmp::isEchoRequest).isPresent()
                        : flow.get().destinationPort() == request.port());
    }

    private void begin(Packet packet, long nanos) {
        Flow flow = packet.flow().orElseThrow();
        boolean wanted = request.sourcePort() == 0 || flow.sourcePort() == request.sourcePort();
        if (!wanted || calls.size() >= request.count() || owesNoAnswer(packet)) {
            return;
        }
        calls.computeIfAbsent(key(packet, true), key -> new Call(calls.size(), key, nanos));
    }

    /** The rest of a connection that was there before: nothing comes back for it. */
    private static boolean owesNoAnswer(Packet packet) {
        return packet.tcp().filter(tcp -> !tcp.has(Tcp.SYN)).isPresent()
                && packet.payload().isEmpty();
    }

    /** The call that a packet belongs to, which goes the same way or (an answer) the other. */
    private Optional<Call> call(Packet packet, boolean sameWay) {
        Optional<Flow> flow = packet.flow().filter(each -> each.protocol().equals(request.protocol()));
        if (flow.isEmpty()
                || request.protocol().isIcmp()
                        && packet.icmp().filter(Icmp::isEcho).isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(calls.get(key(packet, sameWay)));
    }

    private int key(Packet packet, boolean sameWay) {
        if (request.protocol().isIcmp()) {
            return packet.icmp().orElseThrow().rest(); // identifier and sequence number
        }
        Flow flow = packet.flow().orElseThrow();
        return sameWay ? flow.sourcePort() : flow.destinationPort();
    }

    private Stream<Call> inOrder() {
        return calls.values().stream().sorted(Comparator.comparingInt(call -> call.number));
    }

    private Classifier classifier() {
        return new Classifier(
                request.protocol(),
                request.protocol().isIcmp() ? Classifier.ANY : 0,
                request.protocol().isIcmp()
                        ? List.of()
                        : inOrder().map(call -> call.key).toList(),
                request.destinationPorts(),
                request.conversation(),
                request.neighbors());
    }

    /** Echo requests are known by identifier and sequence number; those of others are none of ours. */
    private Optional<Classifier.Part> numbered(Classifier.Part part) {
        return number(part.probe()).map(number -> new Classifier.Part(part.kind(), number, part.flow(), part.text()));
    }

    private Optional<Drop> numbered(Drop drop) {
        return number(drop.probe())
                .map(number -> new Drop(
                        drop.nanos(),
                        drop.namespace(),
                        drop.link(),
                        drop.reason(),
                        drop.function(),
                        drop.stack(),
                        drop.kind(),
                        drop.flow(),
                        number));
    }

    private Optional<Integer> number(int probe) {
        if (!request.protocol().isIcmp() || probe == -1) {
            return Optional.of(probe);
        }
        return Optional.ofNullable(calls.get(probe)).map(call -> call.number);
    }
}
