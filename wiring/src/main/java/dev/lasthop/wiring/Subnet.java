package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;

/**
 * One address range of a network.
 *
 * @param gateway the bridge's own address in it, which the endpoints send everything else to
 */
public record Subnet(Prefix prefix, IpAddress gateway) {
    /** With the first address as the gateway. */
    public static Subnet of(Prefix prefix) {
        return new Subnet(prefix, prefix.first().plus(1));
    }

    public Family family() {
        return prefix.family();
    }

    /** The gateway with the prefix's length, as it stands on the bridge. */
    public Prefix gatewayPrefix() {
        return with(gateway);
    }

    /** An address with the prefix's length, as it stands on an interface. */
    public Prefix with(IpAddress address) {
        return new Prefix(address, prefix.length());
    }
}
