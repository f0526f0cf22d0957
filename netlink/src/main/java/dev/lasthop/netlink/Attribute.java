package dev.lasthop.netlink;

import java.nio.ByteBuffer;

/**
 * One netlink attribute: a tag, and the bytes of its value ({@code struct nlattr} and what follows it, include/uapi/linux/netlink.h).
 *
 * <p>An attribute that this program has no {@link Key} for is still an attribute: it is kept, and written back unchanged, the flag
 * bits of its tag included.
 */
public record Attribute(int tag, Bytes value) {
    /** {@code NLA_F_NESTED}: the value is a list of attributes. */
    public static final int NESTED = 0x8000;

    private static final int HEADER = 4;
    private static final int TYPE_MASK = 0x3fff; // NLA_TYPE_MASK: all but NLA_F_NESTED and NLA_F_NET_BYTEORDER

    public int type() {
        return tag & TYPE_MASK;
    }

    /** Bytes on the wire, padding included. */
    int size() {
        return align(HEADER + value.size());
    }

    void encode(ByteBuffer out) {
        if (HEADER + value.size() > 0xffff) {
            throw new IllegalArgumentException("attribute " + type() + " is too long: " + value.size() + " bytes");
        }
        int end = out.position() + size();
        out.putShort((short) (HEADER + value.size())).putShort((short) tag).put(value.read());
        out.position(end);
    }

    static Attribute decode(ByteBuffer in) {
        if (in.remaining() < HEADER) {
            throw new MalformedMessageException("attribute header cut short: %d bytes left".formatted(in.remaining()));
        }
        int length = Short.toUnsignedInt(in.getShort());
        int tag = Short.toUnsignedInt(in.getShort());
        if (length < HEADER || length - HEADER > in.remaining()) {
            throw new MalformedMessageException("attribute %d says %d bytes, %d are left"
                    .formatted(tag & TYPE_MASK, length, HEADER + in.remaining()));
        }
        Bytes value = Bytes.take(in, length - HEADER);
        in.position(Math.min(in.limit(), in.position() + align(length) - length));
        return new Attribute(tag, value);
    }

    static int align(int length) {
        return (length + 3) & ~3;
    }
}
