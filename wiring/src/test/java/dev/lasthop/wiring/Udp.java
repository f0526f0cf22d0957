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
import java.util.Arrays;
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
                int length = socket.receive(answer, 0);
                byte[] text = new byte[Math.max(0, length)];
                answer.bytes().get(text);
                return new String(text, StandardCharsets.US_ASCII);
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** Tells each caller who serves it and the caller's own address: {@code c1 192.0.2.2}. */
    static final class Server implements AutoCloseable {
        private final Fd socket;
        private final Thread thread;

        Server(String namespace, int port) {
            socket = Tcp.in(namespace, () -> Fd.socket(Family.IPV6.number(), Fd.SOCK_DGRAM | Fd.SOCK_NONBLOCK, 0));
            socket.bind(Tcp.address(IpAddress.ANY_IPV6, port));
            thread = Thread.ofPlatform().daemon().start(() -> serve(namespace));
        }

        private void serve(String namespace) {
            try (Memory buffer = new Memory(100);
                    Memory peer = new Memory(28);
                    Memory length = new Memory(8)) {
                while (!Thread.currentThread().isInterrupted()) {
                    length.bytes().putInt(0, 28);
                    long received = Poll.readable(List.of(socket), Duration.ofMillis(50))[0] == 0
                            ? -1
                            : Kernel.attempt(
                                    SystemCall.RECVFROM,
                                    socket.raw(),
                                    buffer.address(),
                                    100,
                                    0,
                                    peer.address(),
                                    length.address());
                    if (received >= 0) {
                        byte[] to = new byte[28];
                        peer.bytes().get(0, to);
                        String caller =
                                IpAddress.of(Arrays.copyOfRange(to, 8, 24)).toString();
                        socket.sendTo(
                                (namespace + " " + caller.replace("::ffff:", "")).getBytes(StandardCharsets.US_ASCII),
                                to);
                    }
                }
            }
        }

        @Override
        public void close() {
            thread.interrupt();
            boolean ended = false;
            while (!ended) {
                try {
                    thread.join();
                    ended = true;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            socket.close();
        }
    }
}
