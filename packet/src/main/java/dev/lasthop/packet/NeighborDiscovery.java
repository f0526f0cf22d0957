package dev.lasthop.packet;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a neighbor solicitation, neighbor advertisement or redirect holds after its ICMPv6 header.
 *
 * @param target whose link-layer address is asked for or told; in a redirect the better next hop
 * @param destination a redirect's destination; empty in the others
 * @param options type, length in units of 8 bytes, value; as they stand
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4861#section-4.3">RFC 4861</a>
 */
public record NeighborDiscovery(IpAddress target, Optional<IpAddress> destination, Bytes options) implements Layer {
    public static final int SOURCE_LINK_ADDRESS = 1;
    public static final int TARGET_LINK_ADDRESS = 2;

    /** A question or answer with one link-layer address option. */
    public static NeighborDiscovery of(IpAddress target, int option, MacAddress address) {
        byte[] bytes = ByteBuffer.allocate(8)
                .put((byte) option)
                .put((byte) 1)
                .put(address.bytes())
                .array();
        return new NeighborDiscovery(target, Optional.empty(), Bytes.of(bytes));
    }

    /** The first link-layer address among the options: {@link #SOURCE_LINK_ADDRESS} or {@link #TARGET_LINK_ADDRESS}. */
    public Optional<MacAddress> linkAddress(int option) {
        ByteBuffer in = options.buffer();
        while (in.remaining() >= 8) {
            int start = in.position();
            int type = Byte.toUnsignedInt(in.get());
            int size = Byte.toUnsignedInt(in.get()) * 8;
            if (type == option && size == 8) {
                return Optional.of(MacAddress.of(Bytes.take(in, 6).array()));
            }
            if (size == 0 || size > in.limit() - start) {
                return Optional.empty();
            }
            in.position(start + size);
        }
        return Optional.empty();
    }

    static boolean begins(int type, ByteBuffer in) {
        return switch (type) {
            case Icmp.V6_SOLICITATION, Icmp.V6_ADVERTISEMENT -> in.remaining() >= 16;
            case Icmp.V6_REDIRECT -> in.remaining() >= 32;
            default -> false;
        };
    }

    static NeighborDiscovery decode(int type, ByteBuffer in) {
        IpAddress target = IpAddress.of(Bytes.take(in, 16).array());
        Optional<IpAddress> destination = type == Icmp.V6_REDIRECT
                ? Optional.of(IpAddress.of(Bytes.take(in, 16).array()))
                : Optional.empty();
        return new NeighborDiscovery(target, destination, Bytes.take(in, in.remaining()));
    }

    @Override
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(16 + (destination.isPresent() ? 16 : 0) + options.size())
                .put(target.bytes());
        destination.ifPresent(address -> out.put(address.bytes()));
        return out.put(options.array()).array();
    }
}
