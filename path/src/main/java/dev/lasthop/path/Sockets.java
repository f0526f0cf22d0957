package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.Protocol;
import dev.lasthop.topology.ListeningSocket;
import dev.lasthop.topology.NamespaceState;
import java.util.List;
import java.util.Optional;

/** Who in a namespace takes a packet that is for one of its addresses. */
final class Sockets {
    private Sockets() {}

    /** @param obstacle why nobody takes it */
    record Taken(Optional<ListeningSocket> socket, Optional<Obstacle> obstacle) {
        private static Taken by(ListeningSocket socket) {
            return new Taken(Optional.of(socket), Optional.empty());
        }

        private static Taken none() {
            return new Taken(Optional.empty(), Optional.empty());
        }

        private static Taken not(Obstacle obstacle) {
            return new Taken(Optional.empty(), Optional.of(obstacle));
        }
    }

    static Taken take(NamespaceState namespace, IfIndex input, Flow flow) {
        if (flow.protocol().isIcmp()) {
            String path =
                    flow.family() == Family.IPV4 ? "net/ipv4/icmp_echo_ignore_all" : "net/ipv6/icmp/echo_ignore_all";
            return namespace.sysctls().number(path).orElse(0) == 0
                    ? Taken.none()
                    : Taken.not(new Obstacle.EchoIgnored(namespace.inode(), namespace.name(), path.replace('/', '.')));
        }
        if (!flow.protocol().hasPorts() || isUnread(namespace, flow.protocol())) {
            return Taken.none();
        }
        List<ListeningSocket> onPort = namespace.sockets().stream()
                .filter(socket -> socket.protocol().equals(flow.protocol())
                        && socket.port() == flow.destinationPort()
                        && !socket.connected())
                .toList();
        Optional<ListeningSocket> taker =
                onPort.stream().filter(socket -> takes(socket, input, flow)).findFirst();
        if (taker.isEmpty()) {
            return Taken.not(new Obstacle.NoListener(
                    namespace.inode(),
                    namespace.name(),
                    flow.protocol(),
                    flow.destination(),
                    flow.destinationPort(),
                    onPort));
        }
        ListeningSocket socket = taker.get();
        boolean full =
                flow.protocol().equals(Protocol.TCP) && socket.backlog() > 0 && socket.queued() > socket.backlog();
        return full
                ? Taken.not(new Obstacle.AcceptQueueFull(namespace.inode(), namespace.name(), socket))
                : Taken.by(socket);
    }

    private static boolean isUnread(NamespaceState namespace, Protocol protocol) {
        return protocol.equals(Protocol.SCTP)
                || namespace.gaps().stream().anyMatch(gap -> gap.source().contains("sock"));
    }

    private static boolean takes(ListeningSocket socket, IfIndex input, Flow flow) {
        boolean here = socket.link().isNone() || socket.link().equals(input);
        if (socket.address().family() == flow.family()) {
            return here && (socket.address().isAny() || socket.address().equals(flow.destination()));
        }
        return here && flow.family() == Family.IPV4 && socket.address().isAny() && !socket.ipv6Only();
    }
}
