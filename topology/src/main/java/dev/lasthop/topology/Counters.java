package dev.lasthop.topology;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** The kernel's counters of a namespace by their usual names: {@code IpInAddrErrors}, {@code TcpExtIPReversePathFilter}, {@code Ip6InNoRoutes}. */
public record Counters(SortedMap<String, Long> values) {
    public Counters {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    public long get(String name) {
        return values.getOrDefault(name, 0L);
    }

    /** What each has grown by since {@code earlier}; only those that grew. */
    public Counters since(Counters earlier) {
        var grown = new TreeMap<String, Long>();
        values.forEach((name, value) -> {
            long more = value - earlier.get(name);
            if (more > 0) {
                grown.put(name, more);
            }
        });
        return new Counters(grown);
    }
}
