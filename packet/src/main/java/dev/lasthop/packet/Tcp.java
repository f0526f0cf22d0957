package dev.lasthop.packet;

import java.nio.ByteBuffer;

/**
 * A TCP header.
 *
 * @param flags the 12 bits beside the header length: 3 reserved, AE, CWR, ECE, URG, ACK, PSH, RST, SYN, FIN
 * @param options with their padding
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9293#section-3.1">RFC 9293</a>
 */
public record Tcp(
        int sourcePort,
        int destinationPort,
        long sequence,
        long acknowledgment,
        int flags,
        int window,
        int checksum,
        int urgent,
        Bytes options)
        implements Layer {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    public static final int URG = 32;
    public static final int ECE = 64;
    public static final int CWR = 128;
    static final int LENGTH = 20;

    /** Whether all of these flags are set. */
    public boolean has(int wanted) {
        return (flags & wanted) == wanted;
    }

    static boolean begins(ByteBuffer in) {
        int words = in.remaining() >= LENGTH ? (in.get(in.position() + 12) & 0xf0) >>> 4 : 0;
        return words >= 5 && in.remaining() >= words * 4;
    }

    static Tcp decode(ByteBuffer in) {
        int sourcePort = Short.toUnsignedInt(in.getShort());
        int destinationPort = Short.toUnsignedInt(in.getShort());
        long sequence = Integer.toUnsignedLong(in.getInt());
        long acknowledgment = Integer.toUnsignedLong(in.getInt());
        int lengthAndFlags = Short.toUnsignedInt(in.getShort());
        return new Tcp(
                sourcePort,
                destinationPort,
                sequence,
                acknowledgment,
                lengthAndFlags & 0xfff,
                Short.toUnsignedInt(in.getShort()),
                Short.toUnsignedInt(in.getShort()),
                Short.toUnsignedInt(in.getShort()),
                Bytes.take(in, (lengthAndFlags >>> 12) * 4 - LENGTH));
    }

    @Override
    public byte[] encode() {
        int length = LENGTH + options.size();
        return ByteBuffer.allocate(length)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt((int) sequence)
                .putInt((int) acknowledgment)
                .putShort((short) (length / 4 << 12 | flags))
                .putShort((short) window)
                .putShort((short) checksum)
                .putShort((short) urgent)
                .put(options.array())
                .array();
    }
}
