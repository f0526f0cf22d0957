package dev.lasthop.netlink.conntrack;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.nftables.NftHeader;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What connection tracking counts.
 *
 * @param counters summed over processors, by their names in {@code /proc/net/stat/nf_conntrack}
 */
public record ConntrackStatistics(SortedMap<String, Long> counters) {
    private static final List<Key<Integer>> COUNTERS = List.of(
            Key.bigEndian32(2, "found"),
            Key.bigEndian32(4, "invalid"),
            Key.bigEndian32(8, "insert"),
            Key.bigEndian32(9, "insert_failed"),
            Key.bigEndian32(10, "drop"),
            Key.bigEndian32(11, "early_drop"),
            Key.bigEndian32(12, "icmp_error"),
            Key.bigEndian32(13, "search_restart"),
            Key.bigEndian32(14, "clash_resolve"),
            Key.bigEndian32(15, "chaintoolong"));
    private static final Key<Integer> ENTRIES = Key.bigEndian32(1, "CTA_STATS_GLOBAL_ENTRIES");
    private static final Key<Integer> MAXIMUM = Key.bigEndian32(2, "CTA_STATS_GLOBAL_MAX_ENTRIES");

    public ConntrackStatistics {
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }

    /** From the messages of {@link ConntrackSocket#processorStatistics}. */
    public static ConntrackStatistics read(List<NetlinkMessage> processors) {
        var sums = new TreeMap<String, Long>();
        for (NetlinkMessage message : processors) {
            Attributes in = attributes(message);
            for (Key<Integer> counter : COUNTERS) {
                in.get(counter).ifPresent(n -> sums.merge(counter.name(), Integer.toUnsignedLong(n), Long::sum));
            }
        }
        return new ConntrackStatistics(sums);
    }

    /** How many there are, from the message of {@link ConntrackSocket#statistics}. */
    public static long entries(List<NetlinkMessage> global) {
        return number(global, ENTRIES);
    }

    /** How many there may be; 0 where the kernel does not say (before Linux 5.10). */
    public static long maximum(List<NetlinkMessage> global) {
        return number(global, MAXIMUM);
    }

    private static long number(List<NetlinkMessage> messages, Key<Integer> key) {
        return messages.stream()
                .flatMap(message -> attributes(message).get(key).stream())
                .mapToLong(Integer::toUnsignedLong)
                .findFirst()
                .orElse(0);
    }

    private static Attributes attributes(NetlinkMessage message) {
        ByteBuffer in = message.body().read();
        NftHeader.decode(in);
        return Attributes.decode(in);
    }
}
