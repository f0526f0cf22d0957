package dev.lasthop.packet;

/** Which way a packet passes a device, as seen by the namespace that the device is in. */
public enum Direction {
    IN,
    OUT;

    /** "in" or "out", as the report says it. */
    @Override
    public String toString() {
        return this == IN ? "in" : "out";
    }
}
