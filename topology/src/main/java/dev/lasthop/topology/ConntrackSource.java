package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.conntrack.ConntrackMessage;
import dev.lasthop.netlink.conntrack.ConntrackSocket;
import dev.lasthop.netlink.conntrack.ConntrackStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Records connection tracking of the calling thread's namespace, and reads recordings of it. */
public final class ConntrackSource {
    static final String ENTRIES = "conntrack/entries";
    static final String STATISTICS = "conntrack/statistics";
    static final String SIZE = "conntrack/size";
    static final String MAXIMUM = "conntrack/maximum";

    private static final Path MAXIMUM_FILE = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
    private static final long FEW = 1_024; // entries that are read whole rather than selected by the kernel
    private static final long SMALL_TABLE = 16_384; // entries that are read whole where the kernel does not select
    private static final int MOST = 4_096; // entries that are kept
    private static final int NONE = 0;

    private ConntrackSource() {}

    /**
     * Records the counters, and the connections that may be the ones of a flow: a host may have hundreds of thousands of others. Nothing
     * is asked where connection tracking is not loaded.
     *
     * @param port that the flow, or its reply, comes from; for ICMP its identifier; 0 where it is a new one, which no old connection has
     */
    public static void record(SourceSink sink, Family family, Protocol protocol, int port) {
        if (!Files.isReadable(MAXIMUM_FILE)) {
            return;
        }
        sink.attempt(ENTRIES, () -> {
            try (ConntrackSocket socket = ConntrackSocket.open()) {
                List<NetlinkMessage> size = socket.statistics();
                sink.put(SIZE, NetlinkMessage.encode(size));
                sink.put(MAXIMUM, Bytes.of(Files.readAllBytes(MAXIMUM_FILE)));
                sink.put(STATISTICS, socket.processorStatistics());
                entries(sink, socket, new Wanted(family, protocol, port), ConntrackStatistics.entries(size));
            } catch (IOException e) {
                sink.gap(MAXIMUM, String.valueOf(e.getMessage()));
            }
        });
    }

    private record Wanted(Family family, Protocol protocol, int port) {
        boolean matches(ConntrackMessage connection) {
            return connection.original().filter(this::matches).isPresent()
                    || connection.reply().filter(this::matches).isPresent();
        }

        private boolean matches(Flow flow) {
            return flow.family() == family && flow.protocol().equals(protocol) && flow.sourcePort() == port;
        }
    }

    private static void entries(SourceSink sink, ConntrackSocket socket, Wanted wanted, long size) {
        Optional<List<NetlinkMessage>> found =
                size == 0 || wanted.port() == NONE ? Optional.of(List.of()) : read(socket, wanted, size);
        if (found.isEmpty()) {
            sink.gap(ENTRIES, "there are " + size + " connections, too many to read them all");
            return;
        }
        List<NetlinkMessage> all = found.get();
        if (all.size() > MOST) {
            sink.gap(ENTRIES, "only " + MOST + " of " + all.size() + " connections are kept");
        }
        sink.put(ENTRIES, NetlinkMessage.encode(all.subList(0, Math.min(MOST, all.size()))));
    }

    /**
     * Every dump walks the kernel's whole hash table: some 10 ms for its usual 262,144 chains, however few connections hang there. So a
     * few connections are read at once and sorted out here; only of many the kernel is to select, which takes two dumps.
     */
    private static Optional<List<NetlinkMessage>> read(ConntrackSocket socket, Wanted wanted, long size) {
        if (size <= FEW) {
            return Optional.of(whole(socket, wanted));
        }
        try {
            return Optional.of(socket.from(wanted.family(), wanted.protocol(), wanted.port()).messages().stream()
                    .filter(message -> wanted.matches(ConntrackMessage.decode(message)))
                    .toList());
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
            return size <= SMALL_TABLE ? Optional.of(whole(socket, wanted)) : Optional.empty();
        }
    }

    private static List<NetlinkMessage> whole(ConntrackSocket socket, Wanted wanted) {
        return socket.all().messages().stream()
                .filter(message -> wanted.matches(ConntrackMessage.decode(message)))
                .toList();
    }

    /** What a recording says of connection tracking. */
    public static Conntrack read(Recording recording) {
        if (!recording.sources().containsKey(SIZE)) {
            return Conntrack.NONE;
        }
        List<NetlinkMessage> size = NetlinkMessage.decode(recording.source(SIZE).read());
        var entries = new ArrayList<Conntrack.Entry>();
        var seen = new HashSet<List<Object>>();
        for (NetlinkMessage message :
                NetlinkMessage.decode(recording.source(ENTRIES).read())) {
            entry(ConntrackMessage.decode(message))
                    .filter(entry -> seen.add(List.of(entry.id(), entry.original(), entry.zone())))
                    .ifPresent(entries::add);
        }
        entries.sort(
                Comparator.comparing((Conntrack.Entry entry) -> entry.original().source())
                        .thenComparing(entry -> entry.original().destination())
                        .thenComparing(entry -> entry.original().toString())
                        .thenComparingLong(Conntrack.Entry::id));
        List<NetlinkMessage> processors =
                NetlinkMessage.decode(recording.source(STATISTICS).read());
        return new Conntrack(
                maximum(recording, size),
                ConntrackStatistics.entries(size),
                ConntrackStatistics.read(processors).counters(),
                entries);
    }

    private static long maximum(Recording recording, List<NetlinkMessage> size) {
        long told = ConntrackStatistics.maximum(size);
        if (told != 0) {
            return told;
        }
        String text =
                new String(recording.source(MAXIMUM).toArray(), java.nio.charset.StandardCharsets.US_ASCII).strip();
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private static Optional<Conntrack.Entry> entry(ConntrackMessage connection) {
        return connection
                .original()
                .flatMap(original -> connection
                        .reply()
                        .map(reply -> new Conntrack.Entry(
                                connection.id(),
                                original,
                                reply,
                                connection.status(),
                                connection.state(),
                                connection.mark(),
                                connection.zone(),
                                connection.timeout())));
    }
}
