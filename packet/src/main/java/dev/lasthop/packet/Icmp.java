package dev.lasthop.packet;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The eight bytes that every ICMP and ICMPv6 message begins with.
 *
 * @param rest the last four: identifier and sequence number, an MTU, a gateway, a pointer, ND flags
 * @see <a href="https://www.rfc-editor.org/rfc/rfc792">RFC 792</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4443">RFC 4443</a>
 */
public record Icmp(Family family, int type, int code, int checksum, int rest) implements Layer {
    public static final int ECHO_REPLY = 0;
    public static final int UNREACHABLE = 3;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;

    public static final int V6_UNREACHABLE = 1;
    public static final int V6_TOO_BIG = 2;
    public static final int V6_TIME_EXCEEDED = 3;
    public static final int V6_PARAMETER_PROBLEM = 4;
    public static final int V6_ECHO_REQUEST = 128;
    public static final int V6_ECHO_REPLY = 129;
    public static final int V6_SOLICITATION = 135;
    public static final int V6_ADVERTISEMENT = 136;
    public static final int V6_REDIRECT = 137;

    static final int LENGTH = 8;
    private static final int SOURCE_QUENCH = 4;
    private static final int FRAGMENTATION_NEEDED = 4;

    /** An echo request or reply, its checksum 0. */
    public static Icmp echo(Family family, boolean request, int identifier, int sequence) {
        int type = family == Family.IPV4
                ? (request ? ECHO_REQUEST : ECHO_REPLY)
                : (request ? V6_ECHO_REQUEST : V6_ECHO_REPLY);
        return new Icmp(family, type, 0, 0, identifier << 16 | sequence & 0xffff);
    }

    public boolean isEchoRequest() {
        return type == (family == Family.IPV4 ? ECHO_REQUEST : V6_ECHO_REQUEST);
    }

    public boolean isEchoReply() {
        return type == (family == Family.IPV4 ? ECHO_REPLY : V6_ECHO_REPLY);
    }

    public boolean isEcho() {
        return isEchoRequest() || isEchoReply();
    }

    /** Whether it quotes a packet: an error, or IPv4's redirect. */
    public boolean isError() {
        if (family == Family.IPV6) {
            return type < 128;
        }
        return switch (type) {
            case UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM -> true;
            default -> false;
        };
    }

    /** Whether it says that a packet does not fit the next link. */
    public boolean isTooBig() {
        return family == Family.IPV4 ? type == UNREACHABLE && code == FRAGMENTATION_NEEDED : type == V6_TOO_BIG;
    }

    /** Whether it says that nobody listens on a port. */
    public boolean isPortUnreachable() {
        return family == Family.IPV4 ? type == UNREACHABLE && code == 3 : type == V6_UNREACHABLE && code == 4;
    }

    /** The identifier of an echo. */
    public int identifier() {
        return rest >>> 16;
    }

    /** The sequence number of an echo. */
    public int sequence() {
        return rest & 0xffff;
    }

    /** The next link's MTU, where this says that the packet is too big for it; 0 from very old routers. */
    public OptionalInt mtu() {
        return isTooBig() ? OptionalInt.of(family == Family.IPV4 ? rest & 0xffff : rest) : OptionalInt.empty();
    }

    /** The better gateway of an IPv4 redirect. IPv6 has it in {@link NeighborDiscovery#target()}. */
    public Optional<IpAddress> gateway() {
        return family == Family.IPV4 && type == REDIRECT
                ? Optional.of(new IpAddress(Family.IPV4, 0, Integer.toUnsignedLong(rest)))
                : Optional.empty();
    }

    public Icmp withChecksum(int sum) {
        return new Icmp(family, type, code, sum, rest);
    }

    static Icmp decode(Family family, ByteBuffer in) {
        return new Icmp(
                family,
                Byte.toUnsignedInt(in.get()),
                Byte.toUnsignedInt(in.get()),
                Short.toUnsignedInt(in.getShort()),
                in.getInt());
    }

    @Override
    public byte[] encode() {
        return ByteBuffer.allocate(LENGTH)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) checksum)
                .putInt(rest)
                .array();
    }
}
