package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.Poll;
import dev.lasthop.linux.SystemCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

    static String udp(String client, String server, String address) {
        return udp(client, server, address, LIMIT);
    }

    /** @param limit how long to wait, for the question and for the answer */
    static String udp(String client, String server, String address, Duration limit) {
        IpAddress to = IpAddress.parse(address);
        try (Fd here = Tcp.in(client, () -> Fd.socket(to.family().number(), Fd.SOCK_DGRAM, 0));
                Fd there = Tcp.in(
                        server, () -> Fd.socket(IpAddress.ANY_IPV6.family().number(), Fd.SOCK_DGRAM, 0));
                Memory buffer = new Memory(100)) {
            there.bind(Tcp.address(IpAddress.ANY_IPV6, PORT));
            here.connect(Tcp.address(to, PORT));
            here.send("?".getBytes(StandardCharsets.US_ASCII));
            if (Poll.readable(List.of(there), limit)[0] == 0) {
                return "";
            }
            there.sendTo(seen(there).getBytes(StandardCharsets.US_ASCII), peer(there, buffer));
            if (Poll.readable(List.of(here), limit)[0] == 0) {
                return "";
            }
            byte[] text = new byte[here.receive(buffer, 0)];
            buffer.bytes().get(0, text);
            return new String(text, StandardCharsets.US_ASCII);
        }
    }

    /** The sender of the packet that waits, in words. */
    private static String seen(Fd socket) {
        try (Memory peer = new Memory(28)) {
            peek(socket, peer, Fd.MSG_PEEK);
            byte[] address = new byte[16];
            peer.bytes().get(8, address);
            return IpAddress.of(address).toString().replace("::ffff:", "");
        }
    }

    /** Takes the packet that waits; its sender as {@code struct sockaddr_in6}. */
    private static byte[] peer(Fd socket, Memory peer) {
        peek(socket, peer, 0);
        byte[] address = new byte[28];
        peer.bytes().get(0, address);
        return address;
    }

    private static void peek(Fd socket, Memory peer, int flags) {
        try (Memory length = new Memory(8);
                Memory packet = new Memory(8)) {
            length.bytes().putInt(0, 28);
            Kernel.call(
                    "receive",
                    SystemCall.RECVFROM,
                    socket.raw(),
                    packet.address(),
                    packet.size(),
                    flags,
                    peer.address(),
                    length.address());
        }
    }
}
