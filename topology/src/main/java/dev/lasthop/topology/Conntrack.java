package dev.lasthop.topology;

import dev.lasthop.address.Flow;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Connection tracking in a namespace.
 *
 * @param maximum {@code nf_conntrack_max}; 0 where there is no connection tracking
 * @param count how many entries there are
 * @param statistics summed over processors: {@code insert_failed}, {@code drop}, {@code early_drop}, {@code invalid} …
 * @param entries those that were asked for: a recording keeps the entries of the flow's own addresses, not a host's hundred thousand
 */
public record Conntrack(long maximum, long count, SortedMap<String, Long> statistics, List<Entry> entries) {
    public static final Conntrack NONE = new Conntrack(0, 0, new TreeMap<>(), List.of());

    public Conntrack {
        statistics = Collections.unmodifiableSortedMap(new TreeMap<>(statistics));
        entries = List.copyOf(entries);
    }

    /**
     * @param original the flow as its first packet came in
     * @param reply the flow that replies have when they come in: NAT is the difference to {@code original} reversed
     * @param status {@code IPS_*}
     * @param state a TCP connection's state by name; empty otherwise
     * @param timeout seconds until it is forgotten
     */
    public record Entry(
            long id, Flow original, Flow reply, int status, String state, int mark, int zone, long timeout) {
        public static final int SEEN_REPLY = 0x2;
        public static final int ASSURED = 0x4;
        public static final int SOURCE_NAT = 0x10;
        public static final int DESTINATION_NAT = 0x20;
    }
}
