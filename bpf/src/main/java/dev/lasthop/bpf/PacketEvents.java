package dev.lasthop.bpf;

import java.time.Duration;
import java.util.List;

/** What happens to wanted packets on the whole machine, in all namespaces. One thread reads. */
public interface PacketEvents extends AutoCloseable {
    /**
     * Takes what has come since the last time, in the order of time; waits for the first of it no longer than {@code limit}.
     *
     * @return empty if nothing came
     */
    List<PacketEvent> take(Duration limit);

    /** How many events did not fit into the buffer, or were not looked at, since the beginning. */
    long lost();

    /** Whether each event is of a wanted packet. If not (perf level), they must be told apart by whoever reads them. */
    boolean filtered();

    /** Whether the kernel has kept the names of its functions to itself (kptr_restrict, no CAP_SYSLOG). Known after the first event. */
    boolean nameless();

    /** Detaches everything. */
    @Override
    void close();
}
