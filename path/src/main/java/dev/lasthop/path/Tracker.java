package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.address.Protocol;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.NamespaceState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Connection tracking in every namespace, while one request and its reply are followed. */
final class Tracker {
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;
    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REPLY_6 = 129;
    static final int SOURCE_NAT_DONE = 0x80; // IPS_SRC_NAT_DONE
    static final int DESTINATION_NAT_DONE = 0x100; // IPS_DST_NAT_DONE

    private final Map<Long, List<Connection>> connections = new HashMap<>();
    private final Map<Long, Connection> current = new HashMap<>();
    private final Set<Long> leftAlone = new HashSet<>();

    /** Connection tracking works only where rules ask for it. */
    static boolean tracks(NamespaceState namespace) {
        return !namespace.firewall().tables().isEmpty()
                || namespace.conntrack().count() > 0
                || !namespace.conntrack().entries().isEmpty();
    }

    /** The connection of the packet that now enters the namespace (or is sent by it). */
    Connection enter(NamespaceState namespace, PacketState packet) {
        Flow flow = packet.flow();
        leftAlone.remove(namespace.inode());
        List<Connection> known = connections.computeIfAbsent(namespace.inode(), inode -> new ArrayList<>());
        Connection found = known.stream()
                .filter(connection -> connection.holds(flow))
                .findFirst()
                .orElseGet(() -> {
                    Connection made = old(namespace, flow).orElseGet(() -> new Connection(flow, isBeginning(packet)));
                    known.add(made);
                    return made;
                });
        found.reply = !found.original.equals(flow);
        current.put(namespace.inode(), found);
        return found;
    }

    /** The connection of the packet that is on its way through the namespace. */
    Connection current(NamespaceState namespace, PacketState packet) {
        Connection found = current.get(namespace.inode());
        return found == null ? enter(namespace, packet) : found;
    }

    /** A rule has told connection tracking to leave the packet that is now on its way through the namespace alone. */
    void leaveAlone(NamespaceState namespace, Connection connection) {
        leftAlone.add(namespace.inode());
        current.remove(namespace.inode());
        if (!connection.isReply()) {
            connections.getOrDefault(namespace.inode(), List.of()).remove(connection);
        }
    }

    boolean isLeftAlone(NamespaceState namespace) {
        return leftAlone.contains(namespace.inode());
    }

    /** An echo reply, or a segment that answers a SYN, begins no connection: without one it is invalid. */
    private static boolean isBeginning(PacketState packet) {
        Protocol protocol = packet.flow().protocol();
        if (protocol.equals(Protocol.TCP)) {
            return (packet.tcpFlags() & (SYN | ACK)) != (SYN | ACK) && (packet.tcpFlags() & RST) == 0;
        }
        return !protocol.isIcmp() || packet.icmpType() != ECHO_REPLY && packet.icmpType() != ECHO_REPLY_6;
    }

    private static Optional<Connection> old(NamespaceState namespace, Flow flow) {
        if (flow.sourcePort() == 0) {
            return Optional.empty();
        }
        return namespace.conntrack().entries().stream()
                .filter(entry -> entry.original().equals(flow) || entry.reply().equals(flow))
                .filter(entry -> !isOver(entry))
                .findFirst()
                .map(entry -> new Connection(entry.original(), entry.reply().reversed(), Optional.of(entry), true));
    }

    /** A new connection of the same ports replaces one that is over. */
    private static boolean isOver(Conntrack.Entry entry) {
        return switch (entry.state()) {
            case "TIME_WAIT", "CLOSE", "LAST_ACK" -> true;
            default -> false;
        };
    }

    /** One tracked connection: {@code translated} is the original direction's flow after all NAT. */
    static final class Connection {
        private final Flow original;
        private final Optional<Conntrack.Entry> entry;
        private final boolean valid;
        private Flow translated;
        private boolean reply;
        private int status;
        private int mark;

        /** @param valid whether its first packet may begin one */
        Connection(Flow original, boolean valid) {
            this(original, original, Optional.empty(), valid);
        }

        Connection(Flow original, Flow translated, Optional<Conntrack.Entry> entry, boolean valid) {
            this.original = original;
            this.translated = translated;
            this.entry = entry;
            this.valid = valid;
            this.mark = entry.map(Conntrack.Entry::mark).orElse(0);
            this.status = entry.isPresent()
                    ? SOURCE_NAT_DONE | DESTINATION_NAT_DONE | entry.get().status()
                    : 0;
        }

        boolean holds(Flow flow) {
            return original.equals(flow) || translated.reversed().equals(flow);
        }

        Optional<Conntrack.Entry> entry() {
            return entry;
        }

        boolean isReply() {
            return reply;
        }

        PacketState.Tracking tracking() {
            if (!valid) {
                return new PacketState.Tracking(PacketState.Tracking.State.INVALID, false, Optional.empty(), 0, 0);
            }
            boolean answered = entry.isPresent() && (entry.get().status() & Conntrack.Entry.SEEN_REPLY) != 0;
            var state = reply || answered ? PacketState.Tracking.State.ESTABLISHED : PacketState.Tracking.State.NEW;
            return new PacketState.Tracking(state, reply, Optional.of(original), mark, status);
        }

        /** Rules may have marked the connection. */
        void keepMark(int changed) {
            mark = changed;
        }

        /** Whether rules may still choose this kind of translation. */
        boolean isOpen(boolean ofSource) {
            return valid && !reply && (status & (ofSource ? SOURCE_NAT_DONE : DESTINATION_NAT_DONE)) == 0;
        }

        /** Keeps what the rules chose, so that all later packets are treated alike. */
        void settle(boolean ofSource, Flow before, Flow after) {
            if (!before.equals(after)) {
                status |= ofSource ? Conntrack.Entry.SOURCE_NAT : Conntrack.Entry.DESTINATION_NAT;
            }
            translated = ofSource
                    ? translated.withSource(after.source(), after.sourcePort())
                    : translated.withDestination(after.destination(), after.destinationPort());
            status |= ofSource ? SOURCE_NAT_DONE : DESTINATION_NAT_DONE;
        }

        /** The flow with this connection's translation of one end. */
        Flow translate(boolean ofSource, Flow flow) {
            Flow target = reply ? original.reversed() : translated;
            return ofSource
                    ? flow.withSource(target.source(), target.sourcePort())
                    : flow.withDestination(target.destination(), target.destinationPort());
        }
    }
}
