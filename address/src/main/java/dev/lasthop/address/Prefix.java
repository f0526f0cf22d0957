package dev.lasthop.address;

import java.util.Optional;

/**
 * An address and how many of its leading bits count: {@code 172.17.0.0/16}. The other bits are kept ({@code 172.17.1.2/16} is an
 * interface's address); {@link #network()} clears them.
 */
public record Prefix(IpAddress address, int length) implements Comparable<Prefix> {
    public Prefix {
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException(
                    "a prefix of " + address + " has 0 to " + address.family().bits() + " bits, not " + length);
        }
    }

    /** The prefix that holds this address only. */
    public static Prefix of(IpAddress address) {
        return new Prefix(address, address.family().bits());
    }

    /** 0.0.0.0/0 or ::/0. */
    public static Prefix all(Family family) {
        return new Prefix(IpAddress.any(family), 0);
    }

    /** {@code ADDRESS/LENGTH}, or {@code ADDRESS} for the address alone. */
    public static Prefix parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException("not a prefix such as 172.17.0.0/16: " + text));
    }

    public static Optional<Prefix> tryParse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return IpAddress.tryParse(text).map(Prefix::of);
        }
        String length = text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}")) {
            return Optional.empty();
        }
        int bits = Integer.parseInt(length);
        return IpAddress.tryParse(text.substring(0, slash))
                .filter(address -> bits <= address.family().bits())
                .map(address -> new Prefix(address, bits));
    }

    public Family family() {
        return address.family();
    }

    public boolean contains(IpAddress other) {
        return other.family() == family() && masked(other).equals(masked(address));
    }

    public boolean contains(Prefix other) {
        return other.length >= length && contains(other.address);
    }

    public boolean overlaps(Prefix other) {
        return contains(other) || other.contains(this);
    }

    /** This prefix with all host bits 0. */
    public Prefix network() {
        return new Prefix(masked(address), length);
    }

    /** The lowest address: the network's own, in IPv4. */
    public IpAddress first() {
        return masked(address);
    }

    /** The highest address: the broadcast address, in IPv4. */
    public IpAddress last() {
        int host = family().bits() - length;
        IpAddress first = first();
        if (family() == Family.IPV4) {
            return new IpAddress(Family.IPV4, 0, first.low() | (host == 0 ? 0 : 0xffff_ffffL >>> length));
        }
        long high = host > 64 ? first.high() | ones(host - 64) : first.high();
        return new IpAddress(Family.IPV6, high, first.low() | ones(Math.min(host, 64)));
    }

    /** Whether this is one address alone. */
    public boolean isSingle() {
        return length == family().bits();
    }

    @Override
    public int compareTo(Prefix other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    private IpAddress masked(IpAddress other) {
        if (family() == Family.IPV4) {
            return new IpAddress(
                    Family.IPV4, 0, length == 0 ? 0 : other.low() & (0xffff_ffffL << (32 - length)) & 0xffff_ffffL);
        }
        long high = length >= 64 ? other.high() : length == 0 ? 0 : other.high() & (-1L << (64 - length));
        long low = length <= 64 ? 0 : other.low() & (-1L << (128 - length));
        return new IpAddress(Family.IPV6, high, low);
    }

    private static long ones(int bits) {
        return bits == 0 ? 0 : -1L >>> (64 - bits);
    }
}
