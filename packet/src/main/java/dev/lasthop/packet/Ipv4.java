package dev.lasthop.packet;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.nio.ByteBuffer;

/**
 * An IPv4 header.
 *
 * @param typeOfService DSCP and ECN, 8 bits
 * @param length of header and payload in bytes; 0 in packets above 64 KiB that a device is to cut up (BIG TCP)
 * @param flags 3 bits: reserved, don't fragment, more fragments
 * @param fragmentOffset in units of 8 bytes
 * @param options with their padding
 * @see <a href="https://www.rfc-editor.org/rfc/rfc791">RFC 791</a>
 */
public record Ipv4(
        int typeOfService,
        int length,
        int id,
        int flags,
        int fragmentOffset,
        int timeToLive,
        Protocol protocol,
        int checksum,
        IpAddress source,
        IpAddress destination,
        Bytes options)
        implements Layer {
    public static final int DONT_FRAGMENT = 2;
    public static final int MORE_FRAGMENTS = 1;
    static final int LENGTH = 20;

    public boolean dontFragment() {
        return (flags & DONT_FRAGMENT) != 0;
    }

    /** A fragment, the first one too. */
    public boolean isFragment() {
        return fragmentOffset != 0 || (flags & MORE_FRAGMENTS) != 0;
    }

    public int headerLength() {
        return LENGTH + options.size();
    }

    /** The same with the right checksum. */
    public Ipv4 checksummed() {
        return withChecksum(Checksum.internet(withChecksum(0).encode()));
    }

    private Ipv4 withChecksum(int sum) {
        return new Ipv4(
                typeOfService,
                length,
                id,
                flags,
                fragmentOffset,
                timeToLive,
                protocol,
                sum,
                source,
                destination,
                options);
    }

    /** Whether a whole header of version 4 comes next. */
    static boolean begins(ByteBuffer in) {
        return in.remaining() >= LENGTH
                && in.get(in.position()) >>> 4 == 4
                && (in.get(in.position()) & 0xf) >= 5
                && in.remaining() >= (in.get(in.position()) & 0xf) * 4;
    }

    static Ipv4 decode(ByteBuffer in) {
        int options = (in.get() & 0xf) * 4 - LENGTH;
        int typeOfService = Byte.toUnsignedInt(in.get());
        int length = Short.toUnsignedInt(in.getShort());
        int id = Short.toUnsignedInt(in.getShort());
        int fragment = Short.toUnsignedInt(in.getShort());
        return new Ipv4(
                typeOfService,
                length,
                id,
                fragment >>> 13,
                fragment & 0x1fff,
                Byte.toUnsignedInt(in.get()),
                new Protocol(Byte.toUnsignedInt(in.get())),
                Short.toUnsignedInt(in.getShort()),
                IpAddress.of(Bytes.take(in, 4).array()),
                IpAddress.of(Bytes.take(in, 4).array()),
                Bytes.take(in, options));
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(headerLength())
                .put((byte) (4 << 4 | headerLength() / 4))
                .put((byte) typeOfService)
                .putShort((short) length)
                .putShort((short) id)
                .putShort((short) (flags << 13 | fragmentOffset))
                .put((byte) timeToLive)
                .put((byte) protocol.number())
                .putShort((short) checksum)
                .put(source.bytes())
                .put(destination.bytes())
                .put(options.array())
                .array();
    }
}
