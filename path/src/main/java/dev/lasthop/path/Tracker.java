package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.NamespaceState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Connection tracking in every namespace, while one request and its reply are followed. */
final class Tracker {
    static final int SOURCE_NAT_DONE = 0x80; // IPS_SRC_NAT_DONE
    static final int DESTINATION_NAT_DONE = 0x100; // IPS_DST_NAT_DONE

    private final Map<Long, List<Connection>> connections = new HashMap<>();
    private final Map<Long, Connection> current = new HashMap<>();

    /** Connection tracking works only where rules ask for it. */
    static boolean tracks(NamespaceState namespace) {
        return !namespace.firewall().tables().isEmpty()
                || namespace.conntrack().count() > 0
                || !namespace.conntrack().entries().isEmpty();
    }

    /** The connection of the packet that now enters the namespace (or is sent by it). */
    Connection enter(NamespaceState namespace, Flow flow) {
        List<Connection> known = connections.computeIfAbsent(namespace.inode(), inode -> new ArrayList<>());
        Connection found = known.stream()
                .filter(connection -> connection.holds(flow))
                .findFirst()
                .orElseGet(() -> {
                    Connection made =
                            old(namespace, flow).orElseGet(() -> new Connection(flow, flow, Optional.empty()));
                    known.add(made);
                    return made;
                });
        found.reply = !found.original.equals(flow);
        current.put(namespace.inode(), found);
        return found;
    }

    /** The connection of the packet that is on its way through the namespace. */
    Connection current(NamespaceState namespace, Flow flow) {
        Connection found = current.get(namespace.inode());
        return found == null ? enter(namespace, flow) : found;
    }

    private static Optional<Connection> old(NamespaceState namespace, Flow flow) {
        if (flow.sourcePort() == 0) {
            return Optional.empty();
        }
        return namespace.conntrack().entries().stream()
                .filter(entry -> entry.original().equals(flow) || entry.reply().equals(flow))
                .filter(entry -> !isOver(entry))
                .findFirst()
                .map(entry -> new Connection(entry.original(), entry.reply().reversed(), Optional.of(entry)));
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
        private Flow translated;
        private boolean reply;
        private int status;
        private int mark;

        Connection(Flow original, Flow translated, Optional<Conntrack.Entry> entry) {
            this.original = original;
            this.translated = translated;
            this.entry = entry;
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
            return !reply && (status & (ofSource ? SOURCE_NAT_DONE : DESTINATION_NAT_DONE)) == 0;
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
