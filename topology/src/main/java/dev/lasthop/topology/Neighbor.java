package dev.lasthop.topology;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.util.Optional;

/**
 * What is known of an address on a link: an ARP or ND entry.
 *
 * @param state {@code NUD_*}
 * @param proxy whether it is an address that this host answers for ({@code NTF_PROXY})
 */
public record Neighbor(IfIndex link, IpAddress address, Optional<MacAddress> mac, int state, boolean proxy) {
    public static final int INCOMPLETE = 0x01;
    public static final int REACHABLE = 0x02;
    public static final int STALE = 0x04;
    public static final int DELAY = 0x08;
    public static final int PROBE = 0x10;
    public static final int FAILED = 0x20;
    public static final int NO_ARP = 0x40;
    public static final int PERMANENT = 0x80;

    /** Whether packets are sent by this entry without asking first. */
    public boolean isUsable() {
        return mac.isPresent() && (state & (REACHABLE | STALE | DELAY | PROBE | NO_ARP | PERMANENT)) != 0;
    }

    /** Whether nothing that is heard changes it. */
    public boolean isStatic() {
        return (state & (PERMANENT | NO_ARP)) != 0;
    }
}
