package dev.lasthop.address;

/**
 * A protocol above IP, by its number.
 *
 * @see <a href="https://www.iana.org/assignments/protocol-numbers">IANA, protocol numbers</a>
 */
public record Protocol(int number) implements Comparable<Protocol> {
    public static final Protocol ICMP = new Protocol(1);
    public static final Protocol TCP = new Protocol(6);
    public static final Protocol UDP = new Protocol(17);
    public static final Protocol ICMPV6 = new Protocol(58);
    public static final Protocol SCTP = new Protocol(132);

    /** ICMP as this family has it. */
    public static Protocol icmp(Family family) {
        return family == Family.IPV4 ? ICMP : ICMPV6;
    }

    public boolean isIcmp() {
        return equals(ICMP) || equals(ICMPV6);
    }

    public boolean hasPorts() {
        return equals(TCP) || equals(UDP) || equals(SCTP);
    }

    @Override
    public int compareTo(Protocol other) {
        return Integer.compare(number, other.number);
    }

    /** The name as it stands on the command line and in a report; ICMPv6 is {@code icmp} there too. */
    @Override
    public String toString() {
        return switch (number) {
            case 1, 58 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            case 132 -> "sctp";
            default -> "protocol " + number;
        };
    }
}
