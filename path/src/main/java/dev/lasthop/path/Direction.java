package dev.lasthop.path;

/** Which way a packet passes an interface, as seen from the namespace that the interface is in. */
public enum Direction {
    IN,
    OUT;

    /** "in" or "out", as the report says it. */
    @Override
    public String toString() {
        return this == IN ? "in" : "out";
    }
}
