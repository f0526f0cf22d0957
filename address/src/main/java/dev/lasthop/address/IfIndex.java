package dev.lasthop.address;

/** The number of an interface, unique within its network namespace. 0 is none. */
public record IfIndex(int value) implements Comparable<IfIndex> {
    public static final IfIndex NONE = new IfIndex(0);
    public static final IfIndex LOOPBACK = new IfIndex(1);

    public boolean isNone() {
        return value == 0;
    }

    @Override
    public int compareTo(IfIndex other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
