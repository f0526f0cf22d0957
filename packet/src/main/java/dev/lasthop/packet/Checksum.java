package dev.lasthop.packet;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.nio.ByteBuffer;

/**
 * The internet checksum. A header whose checksum field holds the right value sums up to 0; to fill one in, sum with the field at 0.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1071">RFC 1071</a>
 */
public final class Checksum {
    private Checksum() {}

    /** Of one stretch of bytes: an IPv4 header, an ICMPv4 message. */
    public static int internet(byte[] bytes) {
        return fold(sum(bytes));
    }

    /** Of a TCP, UDP or ICMPv6 segment, with the pseudo-header that its addresses make (RFC 9293 3.1, RFC 8200 8.1). */
    public static int transport(IpAddress source, IpAddress destination, Protocol protocol, byte[] segment) {
        long pseudo = sum(source.bytes()) + sum(destination.bytes()) + protocol.number() + segment.length;
        return fold(pseudo + sum(segment));
    }

    private static long sum(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long sum = 0;
        while (in.remaining() > 1) {
            sum += Short.toUnsignedLong(in.getShort());
        }
        return in.hasRemaining() ? sum + (Byte.toUnsignedLong(in.get()) << 8) : sum;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) (~folded & 0xffff);
    }
}
