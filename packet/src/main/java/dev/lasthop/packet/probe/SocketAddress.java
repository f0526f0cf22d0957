package dev.lasthop.packet.probe;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** {@code struct sockaddr_in} and {@code sockaddr_in6}. */
record SocketAddress(IpAddress address, int port) {
    static SocketAddress any(Family family) {
        return new SocketAddress(IpAddress.any(family), 0);
    }

    static Optional<SocketAddress> decode(byte[] bytes) {
        if (bytes.length < 2) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int family = in.getShort();
        if (family == Family.IPV4.number() && bytes.length >= 8) {
            return Optional.of(new SocketAddress(IpAddress.of(Arrays.copyOfRange(bytes, 4, 8)), port(bytes)));
        }
        if (family == Family.IPV6.number() && bytes.length >= 24) {
            return Optional.of(new SocketAddress(IpAddress.of(Arrays.copyOfRange(bytes, 8, 24)), port(bytes)));
        }
        return Optional.empty();
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(address.family() == Family.IPV4 ? 16 : 28);
        out.order(ByteOrder.nativeOrder())
                .putShort((short) address.family().number())
                .order(ByteOrder.BIG_ENDIAN)
                .putShort((short) port);
        if (address.family() == Family.IPV6) {
            out.putInt(0); // flow information
        }
        return out.put(address.bytes()).array();
    }

    private static int port(byte[] bytes) {
        return Byte.toUnsignedInt(bytes[2]) << 8 | Byte.toUnsignedInt(bytes[3]);
    }
}
