package dev.lasthop.wiring;

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

/** One question and its answer between two namespaces of a test. The answer is the client's address as the server sees it; empty if none came. */
@SuppressWarnings("try") // listeners are there to be open
final class Transfer {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int PORT = 7777;

    private Transfer() {}

    static String tcp(String client, String server, String address) {
        try (Tcp.Listener listener = new Tcp.Listener(server, PORT)) {
            return Tcp.call(client, address, PORT);
        }
    }

    /** The server answers from whatever address its namespace chooses. */
    static String udp(String client, String server, String address) {
        return udp(
                client, server, address, IpAddress.any(IpAddress.parse(address).family()), LIMIT);
    }

    /** The server answers from the address that it was asked at. */
    static String udpBound(String client, String server, String address) {
        return udp(client, server, address, IpAddress.parse(address), LIMIT);
    }

    /** @param limit how long to wait, for the question and for the answer */
    static String udp(String client, String server, String address, IpAddress bound, Duration limit) {
        IpAddress to = IpAddress.parse(address);
        int family = to.family().number();
        try (Fd here = Tcp.in(client, () -> Fd.socket(family, Fd.SOCK_DGRAM, 0));
                Fd there = Tcp.in(server, () -> Fd.socket(family, Fd.SOCK_DGRAM, 0));
                Memory buffer = new Memory(100)) {
            there.bind(Tcp.address(bound, PORT));
            here.connect(Tcp.address(to, PORT));
            here.send("?".getBytes(StandardCharsets.US_ASCII));
            if (Poll.readable(List.of(there), limit)[0] == 0) {
                return "";
            }
            byte[] peer = peer(there);
            there.sendTo(words(peer).getBytes(StandardCharsets.US_ASCII), peer);
            if (Poll.readable(List.of(here), limit)[0] == 0) {
                return "";
            }
            byte[] text = new byte[here.receive(buffer, 0)];
            buffer.bytes().get(0, text);
            return new String(text, StandardCharsets.US_ASCII);
        }
    }

    /** The address of a {@code struct sockaddr_in} or {@code sockaddr_in6}. */
    private static String words(byte[] peer) {
        boolean ipv4 = peer.length == 16;
        return IpAddress.of(Arrays.copyOfRange(peer, ipv4 ? 4 : 8, ipv4 ? 8 : 24))
                .toString();
    }

    /** Takes the packet that waits; its sender. */
    private static byte[] peer(Fd socket) {
        try (Memory peer = new Memory(28);
                Memory length = new Memory(8);
                Memory packet = new Memory(8)) {
            length.bytes().putInt(0, 28);
            Kernel.call(
                    "receive",
                    SystemCall.RECVFROM,
                    socket.raw(),
                    packet.address(),
                    packet.size(),
                    0,
                    peer.address(),
                    length.address());
            byte[] address = new byte[length.bytes().getInt(0)];
            peer.bytes().get(0, address);
            return address;
        }
    }
}
