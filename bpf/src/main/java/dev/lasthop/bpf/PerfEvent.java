package dev.lasthop.bpf;

import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.Mapping;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.SystemCall;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A tracepoint watched on one processor by {@code perf_event_open(2)}, and the memory that the kernel writes its records to.
 *
 * @see <a href="https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/linux/perf_event.h">perf_event.h</a>
 */
final class PerfEvent implements AutoCloseable {
    private static final int ATTRIBUTES = 112; // PERF_ATTR_SIZE_VER5
    private static final int TRACEPOINT = 2; // PERF_TYPE_TRACEPOINT
    private static final long TIME = 1 << 2;
    private static final long CALL_CHAIN = 1 << 5;
    private static final long RAW = 1 << 10;
    private static final long DISABLED = 1;
    private static final long NO_USER_CHAIN = 1 << 22;
    private static final long USE_CLOCK = 1 << 25;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOSE_ON_EXEC = 8; // PERF_FLAG_FD_CLOEXEC
    private static final long SET_FILTER = 0x40082406L; // _IOW('$', 6, char *)
    private static final long ENABLE = 0x2400; // _IO('$', 0)
    private static final int RECORD_LOST = 2;
    private static final int RECORD_SAMPLE = 9;
    private static final int HEAD = 1024; // in struct perf_event_mmap_page
    private static final int TAIL = 1032;
    private static final int PAGES = 16;

    private final Fd fd;
    private final Mapping mapping;
    private final ByteBuffer bytes;
    private final int page;
    private final int size;
    private final boolean chain;
    private long lost;

    /** One record. */
    record Sample(long nanos, List<Long> chain, ByteBuffer raw) {}

    private PerfEvent(Fd fd, int page, boolean chain) {
        this.fd = fd;
        this.page = page;
        this.size = PAGES * page;
        this.chain = chain;
        this.mapping = Mapping.shared(fd, 0, (long) size + page, Mapping.READ | Mapping.WRITE);
        this.bytes = mapping.segment().asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * Starts to watch.
     *
     * @param filter in the kernel's filter language, {@code "len==84"}; empty for everything
     * @param chain whether to record the functions that led there
     */
    static PerfEvent open(String name, int id, int processor, String filter, boolean chain, int page) {
        Fd fd;
        try (Memory attributes = new Memory(ATTRIBUTES)) {
            long sample = TIME | RAW | (chain ? CALL_CHAIN : 0);
            ByteBuffer out = attributes.bytes();
            out.putInt(0, TRACEPOINT)
                    .putInt(4, ATTRIBUTES)
                    .putLong(8, id)
                    .putLong(16, 1)
                    .putLong(24, sample);
            out.putLong(40, DISABLED | NO_USER_CHAIN | USE_CLOCK);
            out.putInt(48, 1).putInt(92, CLOCK_MONOTONIC);
            fd = Fd.owning(Kernel.call(
                    "watch " + name,
                    SystemCall.PERF_EVENT_OPEN,
                    attributes.address(),
                    -1,
                    processor,
                    -1,
                    CLOSE_ON_EXEC));
        }
        try {
            if (!filter.isEmpty()) {
                try (Memory text = Memory.of(filter)) {
                    fd.control("filter " + name + " by " + filter, SET_FILTER, text.address());
                }
            }
            var event = new PerfEvent(fd, page, chain);
            fd.control("watch " + name, ENABLE, 0);
            return event;
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    Fd fd() {
        return fd;
    }

    long lost() {
        return lost;
    }

    void drain(Consumer<Sample> sink) {
        long tail = bytes.getLong(TAIL);
        long head = bytes.getLong(HEAD);
        VarHandle.acquireFence();
        while (tail < head) {
            int length = Short.toUnsignedInt(bytes.getShort(place(tail) + 6)); // records begin at multiples of 8
            int type = bytes.getInt(place(tail));
            ByteBuffer record = copy(tail + 8, length - 8);
            if (type == RECORD_SAMPLE) {
                sink.accept(sample(record));
            } else if (type == RECORD_LOST) {
                lost += record.getLong(8);
            }
            tail += length;
        }
        VarHandle.releaseFence();
        bytes.putLong(TAIL, tail);
    }

    private Sample sample(ByteBuffer record) {
        long nanos = record.getLong();
        List<Long> frames = new ArrayList<>();
        if (chain) {
            for (long left = record.getLong(); left > 0 && record.remaining() >= 8; left--) {
                frames.add(record.getLong());
            }
            frames.removeIf(each -> each >= -4095 && each < 0); // PERF_CONTEXT_KERNEL and the like
        }
        int length = Math.clamp(record.getInt(), 0, record.remaining());
        return new Sample(nanos, frames, record.slice(record.position(), length).order(ByteOrder.nativeOrder()));
    }

    private int place(long position) {
        return page + (int) (position & size - 1);
    }

    private ByteBuffer copy(long from, int length) {
        byte[] record = new byte[Math.max(0, length)];
        int first = Math.min(record.length, page + size - place(from));
        bytes.get(place(from), record, 0, first);
        bytes.get(page, record, first, record.length - first);
        return ByteBuffer.wrap(record).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        mapping.close();
        fd.close();
    }
}
