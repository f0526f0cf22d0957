package dev.lasthop.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** What the programs of one watch share. */
final class WatchMaps implements AutoCloseable {
    private static final int RING_BYTES = 1 << 20;
    private static final int MOST_TRACKED = 8192;

    private final RingBuffer events;
    private final BpfMap tracked;
    private final BpfMap lost;
    private final BpfMap hints;
    private final Optional<BpfMap> names;

    /** With a format for names of functions only where programs can use it. */
    WatchMaps(boolean named) {
        events = RingBuffer.create("lasthop_events", RING_BYTES);
        tracked = BpfMap.create(BpfMap.Type.LRU_HASH, "lasthop_skbs", 8, 8, MOST_TRACKED);
        lost = BpfMap.create(BpfMap.Type.ARRAY, "lasthop_lost", 4, 8, 1);
        hints = BpfMap.create(BpfMap.Type.PER_CPU_ARRAY, "lasthop_hints", 4, 16, 1);
        names = named
                ? Optional.of(BpfMap.text("lasthop_names", "%ps ".repeat(EventLayout.NAMES_AT_ONCE)))
                : Optional.empty();
    }

    RingBuffer events() {
        return events;
    }

    BpfMap ring() {
        return events.map();
    }

    /** skb address → when it was last recognised. */
    BpfMap tracked() {
        return tracked;
    }

    /** One u64: events that did not fit. */
    BpfMap lost() {
        return lost;
    }

    /** For each processor two u64: the namespace that it received for last, and when. */
    BpfMap hints() {
        return hints;
    }

    /** The format that the kernel names addresses by. */
    Optional<BpfMap> names() {
        return names;
    }

    long lostEvents() {
        return ByteBuffer.wrap(lost.get(0)).order(ByteOrder.nativeOrder()).getLong();
    }

    @Override
    public void close() {
        events.close();
        tracked.close();
        lost.close();
        hints.close();
        names.ifPresent(BpfMap::close);
    }
}
