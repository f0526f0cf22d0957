package dev.lasthop.packet;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.nio.ByteBuffer;

/**
 * An IPv6 header; extension headers are layers of their own.
 *
 * @param trafficClass DSCP and ECN, 8 bits
 * @param flowLabel 20 bits
 * @param payloadLength what follows this header, in bytes; 0 in jumbograms
 * @param next the protocol of the next header
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8200">RFC 8200</a>
 */
public record Ipv6(
        int trafficClass,
        int flowLabel,
        int payloadLength,
        Protocol next,
        int hopLimit,
        IpAddress source,
        IpAddress destination)
        implements Layer {
    static final int LENGTH = 40;

    static boolean begins(ByteBuffer in) {
        return in.remaining() >= LENGTH && in.get(in.position()) >>> 4 == 6;
    }

    static Ipv6 decode(ByteBuffer in) {
        int first = in.getInt();
        return new Ipv6(
                first >>> 20 & 0xff,
                first & 0xfffff,
                Short.toUnsignedInt(in.getShort()),
                new Protocol(Byte.toUnsignedInt(in.get())),
                Byte.toUnsignedInt(in.get()),
                IpAddress.of(Bytes.take(in, 16).array()),
                IpAddress.of(Bytes.take(in, 16).array()));
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .putInt(6 << 28 | trafficClass << 20 | flowLabel)
                .putShort((short) payloadLength)
                .put((byte) next.number())
                .put((byte) hopLimit)
                .put(source.bytes())
                .put(destination.bytes())
                .array();
    }
}
