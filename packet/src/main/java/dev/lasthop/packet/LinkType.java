package dev.lasthop.packet;

/**
 * What a frame begins with.
 *
 * @see <a href="https://www.tcpdump.org/linktypes.html">link-layer header types</a>
 */
public enum LinkType {
    /** A MAC header; the loopback device has one too, of zeros. */
    ETHERNET(1),
    /** The IP header: tun, ipip, sit, gre, wireguard and the like. */
    IP(101);

    private static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;

    private final int number;

    LinkType(int number) {
        this.number = number;
    }

    /** {@code LINKTYPE_*}, as it stands in pcapng. */
    public int number() {
        return number;
    }

    /** What a device of this {@code ARPHRD_*} type (include/uapi/linux/if_arp.h) gives to a raw packet socket. */
    public static LinkType ofHardware(int type) {
        return type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK ? ETHERNET : IP;
    }
}
