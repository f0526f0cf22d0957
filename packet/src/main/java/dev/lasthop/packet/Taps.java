package dev.lasthop.packet;

import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Taps in many namespaces, with one clock, drained by one thread. */
public final class Taps implements AutoCloseable {
    private final List<Tap> taps;

    private Taps(List<Tap> taps) {
        this.taps = List.copyOf(taps);
    }

    /** One tap in each namespace; if one fails, none stays open. */
    public static Taps open(Collection<NetworkNamespace> namespaces, Tap.Settings settings) {
        KernelClock clock = KernelClock.measure();
        List<Tap> taps = new ArrayList<>();
        try {
            for (NetworkNamespace namespace : namespaces) {
                taps.add(Tap.open(namespace, settings, clock));
            }
            return new Taps(taps);
        } catch (RuntimeException e) {
            new Taps(taps).close();
            throw e;
        }
    }

    /** Puts taps that were opened one by one together, and takes charge of them. */
    public static Taps of(List<Tap> taps) {
        return new Taps(taps);
    }

    /** What has come so far at all of them, in the order of time; does not wait. */
    public List<TappedPacket> drain() {
        return taps.stream()
                .flatMap(tap -> tap.drain().stream())
                .sorted(Comparator.comparingLong(TappedPacket::nanos))
                .toList();
    }

    /** Waits until something comes, at most this long, and takes it. */
    public List<TappedPacket> poll(Duration limit) {
        Poll.wait(interests(), limit);
        return drain();
    }

    /** For polling together with others. */
    public List<Poll.Interest> interests() {
        return taps.stream().map(tap -> Poll.Interest.readable(tap.fd())).toList();
    }

    public List<Tap> taps() {
        return taps;
    }

    /** {@link Tap#dropped()} of all together. */
    public long dropped() {
        return taps.stream().mapToLong(Tap::dropped).sum();
    }

    /** Closes all at once: each waits for the same grace period of the kernel. */
    @Override
    public void close() {
        List<Thread> closing = taps.stream()
                .map(tap -> Thread.ofPlatform().name("lasthop-close-tap").start(tap::close))
                .toList();
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // they end by themselves
                return;
            }
        }
    }
}
