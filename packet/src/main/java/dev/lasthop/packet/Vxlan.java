package dev.lasthop.packet;

import java.nio.ByteBuffer;

/**
 * A VXLAN header. An Ethernet frame follows.
 *
 * @param flags 8 bits, 0x08 says that the network identifier is valid
 * @param reserved the 24 bits after the flags (group policy id in VXLAN-GBP)
 * @param network the VNI, 24 bits
 * @param last the 8 bits after it
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7348#section-5">RFC 7348</a>
 */
public record Vxlan(int flags, int reserved, int network, int last) implements Layer {
    public static final int PORT = 4789;
    /** What Linux takes where no port is given: older than the assigned one. */
    public static final int LINUX_PORT = 8472;

    static final int LENGTH = 8;

    static boolean begins(ByteBuffer in) {
        return in.remaining() >= LENGTH && (in.get(in.position()) & 0x08) != 0;
    }

    static Vxlan decode(ByteBuffer in) {
        int first = in.getInt();
        int second = in.getInt();
        return new Vxlan(first >>> 24, first & 0xffffff, second >>> 8, second & 0xff);
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .putInt(flags << 24 | reserved)
                .putInt(network << 8 | last)
                .array();
    }
}
