package dev.lasthop.linux;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** Waiting for file descriptors, by {@code ppoll(2)}. */
public final class Poll {
    public static final int IN = 1;
    public static final int OUT = 4;
    public static final int ERROR = 8;
    public static final int HANG_UP = 16;

    private static final int POLLFD = 8; // struct pollfd: int fd; short events; short revents

    /** A descriptor and what is waited for: {@link #IN}, {@link #OUT}; failures are always. */
    public record Interest(Fd fd, int events) {
        public static Interest readable(Fd fd) {
            return new Interest(fd, IN);
        }
    }

    private Poll() {}

    /** Waits until one of {@code fds} can be read, or the time is over. What each is ready for, in their order; 0 for nothing. */
    public static int[] readable(List<Fd> fds, Duration limit) {
        return wait(fds, IN, limit);
    }

    /** Waits until one of {@code fds} is ready for {@code events}, has failed or was hung up, or the time is over. */
    public static int[] wait(List<Fd> fds, int events, Duration limit) {
        return wait(fds.stream().map(fd -> new Interest(fd, events)).toList(), limit);
    }

    /** The same with each descriptor waiting for something of its own. */
    public static int[] wait(List<Interest> fds, Duration limit) {
        int[] ready = new int[fds.size()];
        try (Memory set = Memory.confined((long) Math.max(1, fds.size()) * POLLFD);
                Memory time = Memory.confined(16)) {
            ByteBuffer out = set.bytes();
            fds.forEach(one ->
                    out.putInt(one.fd().raw()).putShort((short) one.events()).putShort((short) 0));
            long nanos = Math.max(0, limit.toNanos());
            time.bytes().putLong(nanos / 1_000_000_000).putLong(nanos % 1_000_000_000);
            long count = Kernel.attempt(SystemCall.PPOLL, set.address(), fds.size(), time.address(), 0, 8);
            if (count > 0) {
                for (int i = 0; i < ready.length; i++) {
                    ready[i] = Short.toUnsignedInt(set.bytes().getShort(i * POLLFD + 6));
                }
            }
        }
        return ready;
    }
}
