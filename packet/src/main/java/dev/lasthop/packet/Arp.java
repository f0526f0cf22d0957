package dev.lasthop.packet;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.nio.ByteBuffer;

/**
 * ARP for IPv4 over Ethernet.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc826">RFC 826</a>
 */
public record Arp(
        int operation, MacAddress senderMac, IpAddress senderAddress, MacAddress targetMac, IpAddress targetAddress)
        implements Layer {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;
    static final int LENGTH = 28;
    private static final long ETHERNET_IPV4 = 0x0001_0800_06_04L; // hardware type, protocol type, their lengths

    /** Whether what comes next is ARP of this kind. */
    static boolean begins(ByteBuffer in) {
        return in.remaining() >= LENGTH
                && (Integer.toUnsignedLong(in.getInt(in.position())) << 16
                                | Short.toUnsignedLong(in.getShort(in.position() + 4)))
                        == ETHERNET_IPV4;
    }

    static Arp decode(ByteBuffer in) {
        in.position(in.position() + 6);
        return new Arp(
                Short.toUnsignedInt(in.getShort()),
                MacAddress.of(Bytes.take(in, 6).array()),
                IpAddress.of(Bytes.take(in, 4).array()),
                MacAddress.of(Bytes.take(in, 6).array()),
                IpAddress.of(Bytes.take(in, 4).array()));
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .putInt((int) (ETHERNET_IPV4 >>> 16))
                .putShort((short) ETHERNET_IPV4)
                .putShort((short) operation)
                .put(senderMac.bytes())
                .put(senderAddress.bytes())
                .put(targetMac.bytes())
                .put(targetAddress.bytes())
                .array();
    }
}
