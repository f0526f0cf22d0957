package dev.lasthop.packet;

import java.nio.ByteBuffer;

/**
 * A UDP header.
 *
 * @param length of header and payload in bytes
 * @see <a href="https://www.rfc-editor.org/rfc/rfc768">RFC 768</a>
 */
public record Udp(int sourcePort, int destinationPort, int length, int checksum) implements Layer {
    static final int LENGTH = 8;

    static Udp decode(ByteBuffer in) {
        return new Udp(
                Short.toUnsignedInt(in.getShort()),
                Short.toUnsignedInt(in.getShort()),
                Short.toUnsignedInt(in.getShort()),
                Short.toUnsignedInt(in.getShort()));
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) length)
                .putShort((short) checksum)
                .array();
    }
}
