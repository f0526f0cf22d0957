package dev.lasthop.investigation;

import dev.lasthop.netlink.Bytes;
import dev.lasthop.topology.Recording;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * Changes what a recording's connection tracking counts, in the kernel's own bytes: {@code struct nlmsghdr} (16 bytes), {@code struct
 * nfgenmsg} (4), then attributes ({@code u16} length, {@code u16} type, both of the machine's order), whose values here are all of four
 * bytes, big-endian. Nothing but these values is changed (uapi {@code linux/netfilter/nfnetlink_conntrack.h}).
 */
final class ConntrackCounts {
    private static final int NETLINK_HEADER = 16;
    private static final int FAMILY_HEADER = 4;
    private static final int ATTRIBUTE_HEADER = 4;
    private static final int ENTRIES = 1; // CTA_STATS_GLOBAL_ENTRIES
    private static final int MAXIMUM = 2; // CTA_STATS_GLOBAL_MAX_ENTRIES
    private static final int INSERT_FAILED = 9; // CTA_STATS_INSERT_FAILED
    private static final int DROP = 10; // CTA_STATS_DROP

    private final Recording recording;

    ConntrackCounts(Recording recording) {
        this.recording = recording;
    }

    /** As many entries as there may be, less {@code free}. */
    Recording entriesBelowMaximum(int free) {
        int maximum = value("conntrack/size", MAXIMUM);
        return with("conntrack/size", ENTRIES, before -> maximum - free);
    }

    int maximum() {
        return value("conntrack/size", MAXIMUM);
    }

    /** So many packets more that found the table full, counted by the first processor. */
    Recording dropped(int more) {
        return with("conntrack/statistics", DROP, before -> before + more);
    }

    /** So many connections more that another was in the place of, counted by the first processor. */
    Recording insertFailed(int more) {
        return with("conntrack/statistics", INSERT_FAILED, before -> before + more);
    }

    private int value(String source, int type) {
        ByteBuffer bytes = ByteBuffer.wrap(recording.source(source).toArray());
        return bytes.getInt(find(bytes, source, type));
    }

    private Recording with(String source, int type, IntUnaryOperator change) {
        byte[] copy = recording.source(source).toArray();
        ByteBuffer bytes = ByteBuffer.wrap(copy);
        int at = find(bytes, source, type);
        bytes.putInt(at, change.applyAsInt(bytes.getInt(at)));
        var sources = new TreeMap<>(recording.sources());
        sources.put(source, Bytes.of(copy));
        return new Recording(recording.inode(), recording.name(), sources, recording.peers(), recording.gaps());
    }

    /** Where the value of an attribute of the first message stands. */
    private static int find(ByteBuffer bytes, String source, int type) {
        ByteBuffer lengths = bytes.duplicate().order(ByteOrder.nativeOrder());
        int end = lengths.getInt(0);
        int at = NETLINK_HEADER + FAMILY_HEADER;
        while (at < end) {
            if (lengths.getShort(at + 2) == type) {
                return at + ATTRIBUTE_HEADER;
            }
            at += lengths.getShort(at); // values of four bytes need no padding
        }
        throw new AssertionError("no attribute " + type + " in " + source);
    }
}
