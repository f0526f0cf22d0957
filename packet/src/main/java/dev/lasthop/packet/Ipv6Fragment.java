package dev.lasthop.packet;

import dev.lasthop.address.Protocol;
import java.nio.ByteBuffer;

/**
 * The fragment header.
 *
 * @param reserved 8 bits after the next header
 * @param offset in units of 8 bytes
 * @param flags the 3 bits below the offset; the lowest says that more fragments follow
 * @param id 32 bits
 */
public record Ipv6Fragment(Protocol next, int reserved, int offset, int flags, long id) implements Layer {
    public static final Protocol KIND = new Protocol(44);
    static final int LENGTH = 8;

    public boolean moreFragments() {
        return (flags & 1) != 0;
    }

    static Ipv6Fragment decode(ByteBuffer in) {
        var next = new Protocol(Byte.toUnsignedInt(in.get()));
        int reserved = Byte.toUnsignedInt(in.get());
        int place = Short.toUnsignedInt(in.getShort());
        return new Ipv6Fragment(next, reserved, place >>> 3, place & 7, Integer.toUnsignedLong(in.getInt()));
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .put((byte) next.number())
                .put((byte) reserved)
                .putShort((short) (offset << 3 | flags))
                .putInt((int) id)
                .array();
    }
}
