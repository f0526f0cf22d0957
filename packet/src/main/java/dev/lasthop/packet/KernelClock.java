package dev.lasthop.packet;

import java.time.Instant;

/**
 * How far the wall clock, which packets are stamped by, is ahead of {@link System#nanoTime}. Taps whose packets are compared share one.
 *
 * @param aheadNanos what to subtract from a time since 1970
 */
public record KernelClock(long aheadNanos) {
    private static final int TRIES = 8;

    /** Compares the two clocks, and takes the comparison that was disturbed least. */
    public static KernelClock measure() {
        long best = Long.MAX_VALUE;
        long ahead = 0;
        for (int i = 0; i < TRIES; i++) {
            long before = System.nanoTime();
            Instant now = Instant.now();
            long after = System.nanoTime();
            if (after - before < best) {
                best = after - before;
                ahead = now.getEpochSecond() * 1_000_000_000L + now.getNano() - (before + best / 2);
            }
        }
        return new KernelClock(ahead);
    }

    public long monotonic(long epochNanos) {
        return epochNanos - aheadNanos;
    }
}
