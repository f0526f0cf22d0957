package dev.lasthop.packet.probe;

import dev.lasthop.address.Family;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Sockets set up as a probe wants them. */
final class ProbeSocket {
    static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int SO_LINGER = 13;
    private static final int SO_BINDTODEVICE = 25;
    private static final int SO_MARK = 36;
    private static final int IPPROTO_IP = 0;
    private static final int IP_TTL = 2;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_MTU = 14;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_UNICAST_HOPS = 16;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_MTU = 24;
    private static final int IPV6_DONTFRAG = 62;

    private ProbeSocket() {}

    static Fd open(NetworkNamespace namespace, Probe probe, int type, int protocol) {
        Family family = probe.family();
        Fd socket = namespace.call(() -> Fd.socket(family.number(), type | Fd.SOCK_NONBLOCK, protocol));
        try {
            setUp(socket, probe);
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static void setUp(Fd socket, Probe probe) {
        boolean v4 = probe.family() == Family.IPV4;
        ErrorQueue.enable(socket, probe.family());
        if (probe.size() > 0) {
            int discover = probe.fragmentation().number();
            if (v4) {
                socket.setOption(IPPROTO_IP, IP_MTU_DISCOVER, discover);
            } else {
                socket.setOption(IPPROTO_IPV6, IPV6_MTU_DISCOVER, discover);
                socket.setOption(IPPROTO_IPV6, IPV6_DONTFRAG, discover == 0 ? 0 : 1);
            }
        }
        if (probe.hopLimit() > 0) {
            socket.setOption(v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_UNICAST_HOPS, probe.hopLimit());
        }
        if (probe.mark() != 0) {
            socket.setOption(SOL_SOCKET, SO_MARK, probe.mark());
        }
        probe.device()
                .ifPresent(name ->
                        socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, (name + "\0").getBytes(StandardCharsets.UTF_8)));
    }

    /** Binds to the probe's source and this port; the port that it has then. */
    static int bind(Fd socket, Probe probe, int port) {
        SocketAddress any = SocketAddress.any(probe.family());
        try {
            socket.bind(new SocketAddress(probe.source().orElse(any.address()), port).encode());
        } catch (KernelException e) {
            if (port == 0 && e.errno().equals(Errno.EADDRINUSE)) {
                throw new KernelException(
                        "take a port to send the probe from",
                        e.errno(),
                        "all ports of net.ipv4.ip_local_port_range are in use in the source's namespace, so applications get none"
                                + " either; ss -tan and ss -uan there show by whom, --source-port N takes one outside of the range");
            }
            throw e;
        }
        return SocketAddress.decode(socket.localAddress())
                .map(SocketAddress::port)
                .orElse(0);
    }

    static void reuseAddress(Fd socket) {
        socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1);
    }

    /** The error that waits at a socket, and is gone once read; 0 for none. */
    static int error(Fd socket) {
        return socket.option(SOL_SOCKET, SO_ERROR);
    }

    /** Makes closing cut the connection off by a reset. */
    static void abortOnClose(Fd socket) {
        byte[] linger = ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt(1) // on, for 0 seconds
                .array();
        socket.setOption(SOL_SOCKET, SO_LINGER, linger);
    }

    /** The path MTU that a connected socket goes by. */
    static OptionalInt pathMtu(Fd socket, Family family) {
        try {
            return OptionalInt.of(
                    family == Family.IPV4 ? socket.option(IPPROTO_IP, IP_MTU) : socket.option(IPPROTO_IPV6, IPV6_MTU));
        } catch (RuntimeException e) { // not connected
            return OptionalInt.empty();
        }
    }
}
