package dev.lasthop.topology;

import dev.lasthop.netlink.Bytes;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the kernel said about one network namespace, in its own bytes: the messages of each dump, the text of each file. Everything
 * else that is known of the namespace is decoded from this, so what happened on one machine can be
 * looked at again on another, without rights, and with a later version of this program.
 *
 * @param inode the namespace's number
 * @param name how the command line names it: {@code host}, {@code netns:blue}, {@code pid:4242}
 * @param sources by name: {@code route/links}, {@code proc/net/snmp}, …
 * @param peers namespaces by the id that this one knows them by ({@code IFLA_LINK_NETNSID}), as inodes
 * @param gaps what could not be read, and why
 */
public record Recording(
        long inode, String name, SortedMap<String, Bytes> sources, SortedMap<Integer, Long> peers, List<Gap> gaps) {
    public Recording {
        sources = Collections.unmodifiableSortedMap(new TreeMap<>(sources));
        peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
        gaps = List.copyOf(gaps);
    }

    /** A source that could not be read, or not whole. */
    public record Gap(String source, String reason) {}

    /** The bytes of a source; empty where there are none. */
    public Bytes source(String name) {
        return sources.getOrDefault(name, Bytes.EMPTY);
    }
}
