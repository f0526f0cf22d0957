package dev.lasthop.topology;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a MAC address is reached: behind a port of a bridge, or, on a VXLAN device, at a remote host.
 *
 * @param link the bridge port, the bridge itself for its own addresses, or the VXLAN device
 * @param master the bridge; none is 0
 * @param vlan 0 for no VLAN
 * @param state {@code NUD_*}: permanent for a port's own address and static entries
 * @param self whether the entry is the device's own ({@code NTF_SELF}) and not its bridge's
 * @param remote the remote host, on a VXLAN device
 */
public record FdbEntry(
        IfIndex link,
        MacAddress mac,
        IfIndex master,
        int vlan,
        int state,
        boolean self,
        Optional<IpAddress> remote,
        OptionalInt vni,
        OptionalInt port) {

    /** Whether it was put there by somebody, or is an interface's own, and so does not age. */
    public boolean isPermanent() {
        return (state & (Neighbor.PERMANENT | Neighbor.NO_ARP)) != 0;
    }
}
