package dev.lasthop.packet.probe;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.MessageBuffer;
import dev.lasthop.packet.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A socket's error queue: the ICMP errors about what it sent, and the kernel's own.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7), IP_RECVERR</a>
 */
final class ErrorQueue {
    private static final int IPPROTO_IP = 0;
    private static final int IP_RECVERR = 11;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_RECVERR = 25;
    private static final int LOCAL = 1; // SO_EE_ORIGIN_LOCAL; 2 is ICMP, 3 ICMPv6

    /**
     * {@code struct sock_extended_err} and the offender's address.
     *
     * @param about what the error quotes of the packet: for raw sockets from the ICMP header on, for UDP the payload
     */
    record Entry(boolean local, Errno errno, int type, int code, int info, Optional<IpAddress> from, Bytes about) {
        ProbeEvent event(int sequence, long nanos) {
            OptionalInt mtu = errno.equals(Errno.EMSGSIZE) ? OptionalInt.of(info) : OptionalInt.empty();
            return local
                    ? new ProbeEvent.SendFailed(sequence, nanos, errno, mtu)
                    : new ProbeEvent.IcmpError(sequence, nanos, from, type, code, mtu, errno);
        }
    }

    private ErrorQueue() {}

    static void enable(Fd socket, Family family) {
        if (family == Family.IPV4) {
            socket.setOption(IPPROTO_IP, IP_RECVERR, 1);
        } else {
            socket.setOption(IPPROTO_IPV6, IPV6_RECVERR, 1);
        }
    }

    static List<Entry> drain(Fd socket, MessageBuffer buffer) {
        List<Entry> entries = new ArrayList<>();
        while (buffer.receive(socket, MessageBuffer.MSG_ERRQUEUE | Fd.MSG_DONTWAIT) >= 0) {
            for (MessageBuffer.Control control : buffer.controls()) {
                if (control.level() == IPPROTO_IP && control.type() == IP_RECVERR
                        || control.level() == IPPROTO_IPV6 && control.type() == IPV6_RECVERR) {
                    entry(control.value(), buffer).ifPresent(entries::add);
                }
            }
        }
        return entries;
    }

    private static Optional<Entry> entry(ByteBuffer in, MessageBuffer buffer) {
        if (in.remaining() < 16) { // u32 errno; u8 origin, type, code, padding; u32 info, data; sockaddr
            return Optional.empty();
        }
        byte[] offender = new byte[in.remaining() - 16];
        in.get(16, offender);
        return Optional.of(new Entry(
                in.get(4) == LOCAL,
                Errno.of(in.getInt(0)),
                Byte.toUnsignedInt(in.get(5)),
                Byte.toUnsignedInt(in.get(6)),
                in.getInt(8),
                SocketAddress.decode(offender).map(SocketAddress::address),
                Bytes.of(buffer.data())));
    }
}
