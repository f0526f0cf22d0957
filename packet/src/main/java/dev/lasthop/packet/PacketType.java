package dev.lasthop.packet;

/**
 * What the kernel thinks of a frame's destination, {@code PACKET_*}.
 *
 * @see <a href="https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/linux/if_packet.h">if_packet.h</a>
 */
public enum PacketType {
    /** To this device's own MAC address. */
    HOST,
    BROADCAST,
    MULTICAST,
    /** To somebody else's MAC address: seen only because a tap or bridge made the device take all. The IP stack drops it. */
    OTHERHOST,
    /** Sent by this device. */
    OUTGOING,
    /** Loopback and whatever newer kernels have. */
    OTHER;

    static PacketType of(int number) {
        return switch (number) {
            case 0 -> HOST;
            case 1 -> BROADCAST;
            case 2 -> MULTICAST;
            case 3 -> OTHERHOST;
            case 4 -> OUTGOING;
            default -> OTHER;
        };
    }

    public Direction direction() {
        return this == OUTGOING ? Direction.OUT : Direction.IN;
    }
}
