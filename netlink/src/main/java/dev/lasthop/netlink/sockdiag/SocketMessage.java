package dev.lasthop.netlink.sockdiag;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.NetlinkMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A socket: {@code struct inet_diag_msg} (include/uapi/linux/inet_diag.h) and the attributes behind it.
 *
 * @param state {@code TCP_*}: 1 established (or a connected UDP socket), 7 closed (a UDP socket that is not), 10 listening
 * @param link the interface that it is bound to; none is 0
 * @param received of a listening socket how many connections wait; otherwise bytes
 * @param sent of a listening socket how many connections may wait; otherwise bytes
 */
public record SocketMessage(
        Family family,
        int state,
        int timer,
        int retransmissions,
        IpAddress local,
        int localPort,
        IpAddress remote,
        int remotePort,
        IfIndex link,
        long cookie,
        int expires,
        long received,
        long sent,
        int user,
        long inode,
        Attributes attributes) {
    public static final int ESTABLISHED = 1;
    public static final int CLOSED = 7;
    public static final int LISTENING = 10;

    private static final Key<Integer> IPV6_ONLY = Key.u8(11, "INET_DIAG_SKV6ONLY");
    private static final int SIZE = 72;
    private static final int ADDRESS = 16;

    public static SocketMessage decode(NetlinkMessage message) {
        ByteBuffer in = message.body().read();
        if (in.remaining() < SIZE) {
            throw new MalformedMessageException("inet_diag_msg cut short: %d bytes".formatted(in.remaining()));
        }
        int number = Byte.toUnsignedInt(in.get());
        if (number != Family.IPV4.number() && number != Family.IPV6.number()) {
            throw new MalformedMessageException("inet_diag_msg of family " + number);
        }
        Family family = number == Family.IPV4.number() ? Family.IPV4 : Family.IPV6;
        int state = Byte.toUnsignedInt(in.get());
        int timer = Byte.toUnsignedInt(in.get());
        int retransmissions = Byte.toUnsignedInt(in.get());
        int localPort = port(in);
        int remotePort = port(in);
        IpAddress local = address(in, family);
        IpAddress remote = address(in, family);
        IfIndex link = new IfIndex(in.getInt());
        long cookie = in.getLong();
        return new SocketMessage(
                family,
                state,
                timer,
                retransmissions,
                local,
                localPort,
                remote,
                remotePort,
                link,
                cookie,
                in.getInt(),
                Integer.toUnsignedLong(in.getInt()),
                Integer.toUnsignedLong(in.getInt()),
                in.getInt(),
                Integer.toUnsignedLong(in.getInt()),
                Attributes.decode(in));
    }

    /** Whether a socket on :: leaves IPv4 alone. */
    public boolean isIpv6Only() {
        return attributes.get(IPV6_ONLY).orElse(0) != 0;
    }

    /** The bytes that {@link #decode} reads. */
    public Bytes encode() {
        Bytes rest = attributes.encode();
        return Bytes.write(SIZE + rest.size(), out -> {
            out.put((byte) family.number()).put((byte) state).put((byte) timer).put((byte) retransmissions);
            out.order(ByteOrder.BIG_ENDIAN).putShort((short) localPort).putShort((short) remotePort);
            out.put(Arrays.copyOf(local.bytes(), ADDRESS)).put(Arrays.copyOf(remote.bytes(), ADDRESS));
            out.order(ByteOrder.nativeOrder()).putInt(link.value()).putLong(cookie);
            out.putInt(expires)
                    .putInt((int) received)
                    .putInt((int) sent)
                    .putInt(user)
                    .putInt((int) inode);
            out.put(rest.read());
        });
    }

    private static int port(ByteBuffer in) {
        int high = Byte.toUnsignedInt(in.get());
        return high << 8 | Byte.toUnsignedInt(in.get());
    }

    private static IpAddress address(ByteBuffer in, Family family) {
        byte[] bytes = new byte[family.bytes()];
        in.get(bytes);
        in.position(in.position() + ADDRESS - bytes.length);
        return IpAddress.of(bytes);
    }
}
