package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.KernelFiles;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.RouteSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes down what the kernel says about a namespace. One thread enters it, one route socket asks; what may not be read becomes a gap.
 *
 * @param parts what else is to be read: the firewall, connections, sockets
 */
public record Recorder(List<RecordingPart> parts) {
    public Recorder {
        parts = List.copyOf(parts);
    }

    /** A recorder of what rtnetlink and {@code /proc} say. */
    public static Recorder basic() {
        return new Recorder(List.of());
    }

    /** A recorder of everything that a question can depend on. */
    public static Recorder full() {
        return new Recorder(List.of(FirewallSource::record, SocketSource::record));
    }

    /** This, and the tracked connections of a flow that comes from a port: {@link ConntrackSource#record}. */
    public Recorder withConnections(Family family, Protocol protocol, int port) {
        var more = new ArrayList<>(parts);
        more.add(sink -> ConntrackSource.record(sink, family, protocol, port));
        return new Recorder(more);
    }

    /** Finds namespaces by the ids that one of them knows them by. */
    @FunctionalInterface
    public interface PeerFinder {
        /** The inodes of those of {@code ids} that could be found. {@code socket} is in the namespace whose ids they are. */
        Map<Integer, Long> find(RouteSocket socket, Set<Integer> ids);
    }

    /**
     * Records a namespace.
     *
     * @param name how the command line names it
     * @throws dev.lasthop.linux.KernelException if it cannot be entered
     */
    public Recording record(NetworkNamespace namespace, String name, PeerFinder peers) {
        return namespace.call(() -> recordHere(namespace.inode(), name, peers));
    }

    private Recording recordHere(long inode, String name, PeerFinder finder) {
        var sink = new Collected(new TreeMap<>(), new ArrayList<>());
        SortedMap<Integer, Long> peers = new TreeMap<>();
        try (RouteSocket socket = RouteSocket.open()) {
            RouteSource.record(socket, sink);
            var soFar = new Recording(inode, name, sink.sources, peers, List.of());
            Set<Integer> ids = foreign(soFar);
            if (!ids.isEmpty()) {
                peers.putAll(finder.find(socket, ids));
            }
        }
        try (var files = new KernelFiles()) {
            SysctlSource.record(files, sink);
            CounterSource.record(files, sink);
        }
        for (RecordingPart part : parts) {
            part.record(sink);
        }
        return new Recording(inode, name, sink.sources, peers, sink.gaps);
    }

    private static Set<Integer> foreign(Recording recording) {
        Set<Integer> ids = new TreeSet<>();
        RouteSource.links(recording)
                .forEach(link -> link.attributes().get(LinkMessage.LINK_NETNSID).ifPresent(ids::add));
        ids.remove(-1); // the kernel had no id left to give
        return ids;
    }

    private record Collected(SortedMap<String, Bytes> sources, List<Recording.Gap> gaps) implements SourceSink {
        @Override
        public void put(String source, Bytes bytes) {
            sources.put(source, bytes);
        }

        @Override
        public void gap(String source, String reason) {
            gaps.add(new Recording.Gap(source, reason));
        }
    }
}
