package dev.lasthop.address;

/** The two address families that Lasthop knows, with their {@code AF_*} numbers. */
public enum Family {
    IPV4(2, 4),
    IPV6(10, 16);

    private final int number;
    private final int bytes;

    Family(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    /** {@code AF_INET} or {@code AF_INET6}. */
    public int number() {
        return number;
    }

    /** An address's length in bytes. */
    public int bytes() {
        return bytes;
    }

    public int bits() {
        return bytes * 8;
    }

    /** "ipv4" or "ipv6", as the report says it. */
    @Override
    public String toString() {
        return this == IPV4 ? "ipv4" : "ipv6";
    }
}
