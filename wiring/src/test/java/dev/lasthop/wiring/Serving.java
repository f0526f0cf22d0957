package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.Poll;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** A thread of a test that answers whoever comes to a socket of IPv6, and IPv4 within it, until it is closed; the socket goes with it. */
final class Serving implements AutoCloseable {
    private static final Duration TURN = Duration.ofMillis(50);
    private static final int ADDRESS = 28; // struct sockaddr_in6

    private final Fd socket;
    private final Thread thread;

    /** Who came, as the kernel writes it down. */
    record Peer(Memory memory, Memory length) {
        long address() {
            return memory.address();
        }

        long lengthAddress() {
            return length.address();
        }

        byte[] bytes() {
            byte[] bytes = new byte[ADDRESS];
            memory.bytes().get(0, bytes);
            return bytes;
        }

        /** The address alone; one of IPv4 as such. */
        String text() {
            return IpAddress.of(Arrays.copyOfRange(bytes(), 8, 24)).toString().replace("::ffff:", "");
        }
    }

    /** @param answer takes in what has come and answers it; nothing may have come after all */
    Serving(Fd socket, BiConsumer<Fd, Peer> answer) {
        this.socket = socket;
        this.thread = Thread.ofPlatform().daemon().start(() -> serve(answer));
    }

    private void serve(BiConsumer<Fd, Peer> answer) {
        try (Memory peer = new Memory(ADDRESS);
                Memory length = new Memory(8)) {
            while (!Thread.currentThread().isInterrupted()) {
                length.bytes().putInt(0, ADDRESS);
                if (Poll.readable(List.of(socket), TURN)[0] != 0) {
                    answer.accept(socket, new Peer(peer, length));
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
