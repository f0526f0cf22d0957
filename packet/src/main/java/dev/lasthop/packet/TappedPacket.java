package dev.lasthop.packet;

import dev.lasthop.address.IfIndex;

/**
 * A packet as it passed one device of one namespace. A packet on its way through bridges and veth pairs passes many, and is seen once at
 * each, in each direction.
 *
 * @param nanos when, on the clock of {@link System#nanoTime} (the kernel's monotonic clock)
 * @param epochNanos when, in nanoseconds since 1970, by the kernel's stamp
 * @param namespaceInode which namespace
 * @param checksumPending the transport checksum is left to the device and not yet right: no fault
 */
public record TappedPacket(
        long nanos,
        long epochNanos,
        long namespaceInode,
        IfIndex device,
        PacketType type,
        boolean checksumPending,
        Packet packet) {
    public Direction direction() {
        return type.direction();
    }
}
