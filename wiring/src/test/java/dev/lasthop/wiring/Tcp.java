package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.linux.SystemCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * TCP in a test's namespaces, by plain system calls: Java's own sockets have no IPv6 in a JVM that was started where there was none.
 */
final class Tcp {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int INET6 = Family.IPV6.number();

    /** IPPROTO_SCTP: the other protocol that has connections. */
    static final int SCTP = 132;

    private Tcp() {}

    static boolean hasSctp() {
        try (Fd socket = Fd.socket(INET6, Fd.SOCK_STREAM, SCTP)) {
            return socket.raw() >= 0;
        } catch (KernelException e) {
            return false;
        }
    }

    /** What the listener at an address says to a caller: the caller's own address, as it is seen there. Empty if there is no answer. */
    static String call(String from, String address, int port) {
        return call(from, address, port, 0);
    }

    /** @param protocol 0 for TCP */
    static String call(String from, String address, int port, int protocol) {
        IpAddress to = IpAddress.parse(address);
        try (Fd socket = in(from, () -> Fd.socket(to.family().number(), Fd.SOCK_STREAM | Fd.SOCK_NONBLOCK, protocol));
                Memory answer = new Memory(100)) {
            long result = socket.connect(address(to, port));
            if (result != 0 && result != -115 || Poll.readable(List.of(socket), LIMIT)[0] == 0) { // EINPROGRESS
                return "";
            }
            return said(socket, answer);
        }
    }

    /** What has come in on a socket, as text. */
    static String said(Fd socket, Memory answer) {
        byte[] text = new byte[Math.max(0, socket.receive(answer, 0))];
        answer.bytes().get(text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    static <T> T in(String namespace, Callable<T> work) {
        try (NetworkNamespace open = NetworkNamespace.open(Path.of("/run/netns/" + namespace))) {
            return open.call(work);
        }
    }

    /** struct sockaddr_in, struct sockaddr_in6. */
    static byte[] address(IpAddress address, int port) {
        boolean ipv4 = address.family() == Family.IPV4;
        ByteBuffer out = ByteBuffer.allocate(ipv4 ? 16 : 28).order(ByteOrder.nativeOrder());
        out.putShort((short) address.family().number())
                .order(ByteOrder.BIG_ENDIAN)
                .putShort((short) port);
        (ipv4 ? out : out.putInt(0)).put(address.bytes());
        return out.array();
    }

    /** Listens on all addresses of a namespace and tells each caller its own address. */
    static final class Listener implements AutoCloseable {
        private final Serving serving;

        Listener(String namespace, int port) {
            this(namespace, port, 0);
        }

        /** @param protocol 0 for TCP */
        Listener(String namespace, int port, int protocol) {
            Fd socket = in(namespace, () -> Fd.socket(INET6, Fd.SOCK_STREAM | Fd.SOCK_NONBLOCK, protocol));
            socket.setOption(1, 2, 1); // SOL_SOCKET, SO_REUSEADDR
            socket.bind(address(IpAddress.ANY_IPV6, port));
            Kernel.call("listen", SystemCall.LISTEN, socket.raw(), 16);
            serving = new Serving(socket, Listener::answer);
        }

        private static void answer(Fd socket, Serving.Peer peer) {
            long caller = Kernel.attempt(
                    SystemCall.ACCEPT4, socket.raw(), peer.address(), peer.lengthAddress(), Fd.SOCK_CLOEXEC);
            if (caller >= 0) {
                try (Fd open = Fd.owning(caller)) {
                    open.write(peer.text().getBytes(StandardCharsets.US_ASCII));
                }
            }
        }

        @Override
        public void close() {
            serving.close();
        }
    }
}
