package dev.lasthop.packet;

import java.nio.ByteBuffer;

/**
 * SCTP's common header.
 *
 * @param tag the verification tag, 32 bits
 * @param checksum CRC32c, 32 bits, as it stands on the wire
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9260#section-3.1">RFC 9260</a>
 */
public record Sctp(int sourcePort, int destinationPort, long tag, long checksum) implements Layer {
    static final int LENGTH = 12;

    static Sctp decode(ByteBuffer in) {
        return new Sctp(
                Short.toUnsignedInt(in.getShort()),
                Short.toUnsignedInt(in.getShort()),
                Integer.toUnsignedLong(in.getInt()),
                Integer.toUnsignedLong(in.getInt()));
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt((int) tag)
                .putInt((int) checksum)
                .array();
    }
}
