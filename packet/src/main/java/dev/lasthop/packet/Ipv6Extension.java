package dev.lasthop.packet;

import dev.lasthop.address.Protocol;
import java.nio.ByteBuffer;

/**
 * An extension header other than the fragment header: hop-by-hop options, routing, destination options, authentication, mobility.
 *
 * @param kind its own protocol number, which stands in the header before
 * @param length the length field: units of 8 bytes beyond the first 8 (of 4 bytes beyond 8 in an authentication header)
 * @param body what follows the length field
 */
public record Ipv6Extension(Protocol kind, Protocol next, int length, Bytes body) implements Layer {
    public static final Protocol HOP_BY_HOP = new Protocol(0);
    public static final Protocol ROUTING = new Protocol(43);
    public static final Protocol AUTHENTICATION = new Protocol(51);
    public static final Protocol DESTINATION_OPTIONS = new Protocol(60);
    public static final Protocol MOBILITY = new Protocol(135);

    /** Whether this is a kind of extension header and a whole one comes next. */
    static boolean begins(Protocol kind, ByteBuffer in) {
        return isOne(kind) && in.remaining() >= 8 && in.remaining() >= size(kind, in);
    }

    static Ipv6Extension decode(Protocol kind, ByteBuffer in) {
        int size = size(kind, in);
        var next = new Protocol(Byte.toUnsignedInt(in.get()));
        int length = Byte.toUnsignedInt(in.get());
        return new Ipv6Extension(kind, next, length, Bytes.take(in, size - 2));
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(2 + body.size())
                .put((byte) next.number())
                .put((byte) length)
                .put(body.array())
                .array();
    }

    private static boolean isOne(Protocol kind) {
        return kind.equals(HOP_BY_HOP)
                || kind.equals(ROUTING)
                || kind.equals(AUTHENTICATION)
                || kind.equals(DESTINATION_OPTIONS)
                || kind.equals(MOBILITY);
    }

    private static int size(Protocol kind, ByteBuffer in) {
        int length = Byte.toUnsignedInt(in.get(in.position() + 1));
        return kind.equals(AUTHENTICATION) ? 8 + 4 * length : 8 + 8 * length;
    }
}
