package dev.lasthop.path;

import dev.lasthop.address.IpAddress;

/** An ARP packet about an IPv4 address: who says it, and to whom. RFC 826. */
public record Arp(boolean reply, IpAddress sender, IpAddress target) {
    /** {@code sender} asks for {@code target}. */
    static Arp question(IpAddress sender, IpAddress target) {
        return new Arp(false, sender, target);
    }

    /** What comes back when this is answered. */
    Arp answer() {
        return new Arp(true, /* sender= */ target, /* target= */ sender);
    }
}
