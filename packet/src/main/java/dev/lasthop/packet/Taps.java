package dev.lasthop.packet;

import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Taps in many namespaces, with one clock, drained by one thread. */
public final class Taps implements AutoCloseable {
    private final List<Tap> taps;

    private Taps(List<Tap> taps) {
        this.taps = List.copyOf(taps);
    }

    /** One tap in each namespace, in this order; if one fails, none stays open. */
    public static Taps open(Collection<NetworkNamespace> namespaces, Tap.Settings settings) {
        KernelClock clock = KernelClock.measure();
        List<NetworkNamespace> places = List.copyOf(namespaces);
        var opened = new AtomicReferenceArray<@Nullable Tap>(places.size());
        var failure = new AtomicReference<@Nullable RuntimeException>();
        // All at once: each waits for a grace period of the kernel, and they can share it.
        atOnce(places.size(), i -> {
            try {
                opened.set(i, Tap.open(places.get(i), settings, clock));
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
            }
        });
        List<Tap> taps = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Optional.ofNullable(opened.get(i)).ifPresent(taps::add);
        }
        RuntimeException failed = failure.get();
        if (failed != null) {
            new Taps(taps).close();
            throw failed;
        }
        return new Taps(taps);
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

    /** Closes all at once: each waits for a grace period of the kernel. */
    @Override
    public void close() {
        atOnce(taps.size(), i -> taps.get(i).close());
    }

    private static void atOnce(int count, IntConsumer work) {
        List<Thread> threads = IntStream.range(0, count)
                .mapToObj(i -> Thread.ofPlatform().name("lasthop-tap-" + i).start(() -> work.accept(i)))
                .toList();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true; // the work is short and must not be left half done
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
