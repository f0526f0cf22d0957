package dev.lasthop.address;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address. Sorted IPv4 first, then by number.
 *
 * @param high the upper 64 bits of an IPv6 address; 0 for IPv4
 * @param low the lower 64 bits, or the 32 bits of an IPv4 address
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5952">RFC 5952, how an IPv6 address is written</a>
 */
public record IpAddress(Family family, long high, long low) implements Comparable<IpAddress> {
    public static final IpAddress ANY_IPV4 = new IpAddress(Family.IPV4, 0, 0);
    public static final IpAddress ANY_IPV6 = new IpAddress(Family.IPV6, 0, 0);

    public static IpAddress any(Family family) {
        return family == Family.IPV4 ? ANY_IPV4 : ANY_IPV6;
    }

    /** An address from its 4 or 16 bytes in network order. */
    public static IpAddress of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return switch (bytes.length) {
            case 4 -> new IpAddress(Family.IPV4, 0, Integer.toUnsignedLong(in.getInt()));
            case 16 -> new IpAddress(Family.IPV6, in.getLong(), in.getLong());
            default -> throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
        };
    }

    /** @throws IllegalArgumentException if this is no address; names are not looked up, zones ({@code %eth0}) not taken */
    public static IpAddress parse(String text) {
        return tryParse(text).orElseThrow(() -> new IllegalArgumentException("not an IP address: " + text));
    }

    public static Optional<IpAddress> tryParse(String text) {
        return text.indexOf(':') >= 0 ? AddressText.ipv6(text) : AddressText.ipv4(text);
    }

    /** The bytes in network order. */
    public byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(family.bytes());
        if (family == Family.IPV4) {
            out.putInt((int) low);
        } else {
            out.putLong(high).putLong(low);
        }
        return out.array();
    }

    public boolean isAny() {
        return high == 0 && low == 0;
    }

    /** 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return family == Family.IPV4 ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** 169.254.0.0/16 or fe80::/10. */
    public boolean isLinkLocal() {
        return family == Family.IPV4 ? low >>> 16 == 0xa9fe : high >>> 54 == 0x3fa;
    }

    public boolean isMulticast() {
        return family == Family.IPV4 ? low >>> 28 == 0xe : high >>> 56 == 0xff;
    }

    /** 255.255.255.255: everybody on a link. */
    public boolean isBroadcast() {
        return family == Family.IPV4 && low == 0xffff_ffffL;
    }

    /** ::ffff:0:0/96, IPv4 in an IPv6 program's words: no packet may have such (RFC 4291, 2.5.5.2). */
    public boolean isMapped() {
        return family == Family.IPV6 && high == 0 && low >>> 32 == 0xffff;
    }

    /** For use inside a site only: RFC 1918, RFC 6598 (shared), fc00::/7. */
    public boolean isPrivate() {
        return family == Family.IPV4
                ? low >>> 24 == 10 || low >>> 20 == 0xac1 || low >>> 16 == 0xc0a8 || low >>> 22 == 0x191
                : high >>> 57 == 0x7e;
    }

    /** The address that many places further on; wraps around. */
    public IpAddress plus(long places) {
        if (family == Family.IPV4) {
            return new IpAddress(family, 0, (low + places) & 0xffff_ffffL);
        }
        long sum = low + places;
        long carry = places >= 0
                ? (Long.compareUnsigned(sum, low) < 0 ? 1 : 0)
                : (Long.compareUnsigned(sum, low) > 0 ? -1 : 0);
        return new IpAddress(family, high + carry, sum);
    }

    @Override
    public int compareTo(IpAddress other) {
        int byFamily = family.compareTo(other.family);
        int byHigh = byFamily != 0 ? byFamily : Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return family == Family.IPV4 ? AddressText.ipv4(low) : AddressText.ipv6(high, low);
    }
}
