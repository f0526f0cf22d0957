package dev.lasthop.bpf;

import dev.lasthop.linux.Mapping;
import dev.lasthop.linux.Poll;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The reading end of a BPF ring buffer. What does not fit is lost, never waited for; the programs count it. One thread reads.
 *
 * @see <a href="https://docs.kernel.org/bpf/ringbuf.html">BPF ring buffer</a>
 */
public final class RingBuffer implements AutoCloseable {
    private static final int BUSY = 1 << 31;
    private static final int DISCARDED = 1 << 30;
    private static final int HEADER = 8;

    private final BpfMap map;
    private final int size;
    private final Mapping consumer;
    private final Mapping producer;
    private final ByteBuffer read;
    private final ByteBuffer written;
    private final int page;

    private RingBuffer(BpfMap map, int size, int page) {
        this.map = map;
        this.size = size;
        this.page = page;
        this.consumer = Mapping.shared(map.fd(), 0, page, Mapping.READ | Mapping.WRITE);
        // The data are mapped twice in a row, so that no record is broken at the end.
        this.producer = Mapping.shared(map.fd(), page, page + 2L * size, Mapping.READ);
        this.read = consumer.segment().asByteBuffer().order(ByteOrder.nativeOrder());
        this.written = producer.segment().asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** @param size in bytes: a power of two and a multiple of the page size, which is at most 64 kB */
    public static RingBuffer create(String name, int size) {
        BpfMap map = BpfMap.create(BpfMap.Type.RING_BUFFER, name, 0, 0, size);
        try {
            return new RingBuffer(map, size, Pages.size());
        } catch (RuntimeException e) {
            map.close();
            throw e;
        }
    }

    public BpfMap map() {
        return map;
    }

    /** Waits until there may be something to read, or the time is over. */
    public void await(Duration limit) {
        Poll.readable(List.of(map.fd()), limit);
    }

    /** Hands over what has come: views that are good during the call only. Returns how many. */
    public int drain(Consumer<ByteBuffer> sink) {
        long at = read.getLong(0);
        int count = 0;
        while (true) {
            long end = written.getLong(0);
            VarHandle.acquireFence();
            if (at >= end) {
                return count;
            }
            int place = page + (int) (at & size - 1);
            int header = written.getInt(place);
            VarHandle.acquireFence();
            if ((header & BUSY) != 0) {
                return count; // being written on another processor
            }
            int length = header & ~DISCARDED;
            if (length > size - HEADER) {
                throw new IllegalStateException("the ring buffer holds a record of " + length + " bytes");
            }
            if ((header & DISCARDED) == 0) {
                sink.accept(written.slice(place + HEADER, length).order(ByteOrder.nativeOrder()));
                count++;
            }
            at += (length + HEADER + 7) & ~7;
            VarHandle.releaseFence();
            read.putLong(0, at);
        }
    }

    @Override
    public void close() {
        consumer.close();
        producer.close();
        map.close();
    }
}
