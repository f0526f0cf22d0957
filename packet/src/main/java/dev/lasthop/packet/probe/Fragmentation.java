package dev.lasthop.packet.probe;

/**
 * Whether a probe may be cut up, {@code IP_PMTUDISC_*}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7), IP_MTU_DISCOVER</a>
 */
public enum Fragmentation {
    /** It may: DF is not set, and the sender fragments it if it must. */
    ALLOWED(0),
    /** DF is set; what does not fit the path MTU that the kernel knows fails to be sent, with EMSGSIZE. */
    FORBIDDEN(2),
    /** DF is set; a path MTU learned earlier is not regarded, only the MTU of the device. */
    FORBIDDEN_BEYOND_DEVICE(3);

    private final int number;

    Fragmentation(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
