package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.Poll;
import dev.lasthop.linux.SystemCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Datagrams in a test's namespaces, by plain system calls, as {@link Tcp}. */
final class Udp {
    private static final Duration LIMIT = Duration.ofMillis(1000);

    private Udp() {}

    /** Asks whoever serves an address and port; what it says, empty if there is no answer. */
    static String call(String from, String address, int port) {
        try (Caller caller = new Caller(from, IpAddress.parse(address).family())) {
            return caller.ask(address, port);
        }
    }

    /** A socket that asks more than once, always from the same port. */
    static final class Caller implements AutoCloseable {
        private final Fd socket;

        Caller(String namespace, Family family) {
            socket = Tcp.in(namespace, () -> Fd.socket(family.number(), Fd.SOCK_DGRAM | Fd.SOCK_NONBLOCK, 0));
        }

        String ask(String address, int port) {
            socket.sendTo("hello".getBytes(StandardCharsets.US_ASCII), Tcp.address(IpAddress.parse(address), port));
            try (Memory answer = new Memory(100)) {
                if (Poll.readable(List.of(socket), LIMIT)[0] == 0) {
                    return "";
                }
                return Tcp.said(socket, answer);
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** Tells each caller who serves it and the caller's own address: {@code c1 192.0.2.2}. */
    static final class Server implements AutoCloseable {
        private static final int LONGEST = 100;

        private final Serving serving;

        Server(String namespace, int port) {
            Fd socket = Tcp.in(namespace, () -> Fd.socket(Family.IPV6.number(), Fd.SOCK_DGRAM | Fd.SOCK_NONBLOCK, 0));
            socket.bind(Tcp.address(IpAddress.ANY_IPV6, port));
            serving = new Serving(socket, (open, peer) -> answer(open, peer, namespace));
        }

        private static void answer(Fd socket, Serving.Peer peer, String who) {
            try (Memory buffer = new Memory(LONGEST)) {
                long received = Kernel.attempt(
                        SystemCall.RECVFROM,
                        socket.raw(),
                        buffer.address(),
                        LONGEST,
                        0,
                        peer.address(),
                        peer.lengthAddress());
                if (received >= 0) {
                    socket.sendTo((who + " " + peer.text()).getBytes(StandardCharsets.US_ASCII), peer.bytes());
                }
            }
        }

        @Override
        public void close() {
            serving.close();
        }
    }
}
