package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.netlink.sockdiag.SocketMessage;
import dev.lasthop.netlink.sockdiag.SocketQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Records the sockets of the calling thread's namespace that wait for somebody, and reads recordings of them. */
public final class SocketSource {
    private record Wanted(Protocol protocol, int states) {
        String source(Family family) {
            return "sockets/" + protocol + "-" + family;
        }
    }

    private static final List<Wanted> WANTED = List.of(
            new Wanted(Protocol.TCP, 1 << SocketMessage.LISTENING),
            new Wanted(Protocol.UDP, 1 << SocketMessage.CLOSED | 1 << SocketMessage.ESTABLISHED),
            new Wanted(Protocol.SCTP, 1 << SocketMessage.LISTENING));

    private SocketSource() {}

    public static void record(SourceSink sink) {
        sink.attempt("sockets", () -> {
            try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.SOCK_DIAG)) {
                for (Wanted wanted : WANTED) {
                    for (Family family : Family.values()) {
                        record(sink, socket, wanted, family);
                    }
                }
            }
        });
    }

    private static void record(SourceSink sink, NetlinkSocket socket, Wanted wanted, Family family) {
        try {
            sink.put(wanted.source(family), SocketQuery.dump(socket, family, wanted.protocol(), wanted.states()));
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)
                    && !e.is(Errno.EAFNOSUPPORT)
                    && !e.is(Errno.EINVAL)) { // the kernel has no such sockets
                sink.gap(wanted.source(family), String.valueOf(e.getMessage()));
            }
        }
    }

    /** What a recording says of sockets. */
    public static List<ListeningSocket> read(Recording recording) {
        var sockets = new ArrayList<ListeningSocket>();
        for (Wanted wanted : WANTED) {
            for (Family family : Family.values()) {
                for (NetlinkMessage message : NetlinkMessage.decode(
                        recording.source(wanted.source(family)).read())) {
                    sockets.add(socket(wanted.protocol(), SocketMessage.decode(message)));
                }
            }
        }
        sockets.sort(Comparator.comparing(ListeningSocket::protocol)
                .thenComparingInt(ListeningSocket::port)
                .thenComparing(ListeningSocket::address)
                .thenComparingLong(ListeningSocket::inode));
        return sockets;
    }

    private static ListeningSocket socket(Protocol protocol, SocketMessage message) {
        boolean listens = message.state() == SocketMessage.LISTENING;
        return new ListeningSocket(
                protocol,
                message.local(),
                message.localPort(),
                message.link(),
                message.isIpv6Only(),
                message.state() == SocketMessage.ESTABLISHED,
                (int) Math.min(Integer.MAX_VALUE, message.received()),
                listens ? (int) Math.min(Integer.MAX_VALUE, message.sent()) : 0,
                message.inode());
    }
}
