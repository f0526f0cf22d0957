package dev.lasthop.topology;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import java.util.Optional;

/**
 * An address of an interface.
 *
 * @param prefix the address with its prefix length ({@code IFA_LOCAL}; on a point-to-point link the length belongs to the peer)
 * @param peer the other end's address, where one is set
 * @param scope {@code RT_SCOPE_*}
 * @param flags {@code IFA_F_*}
 */
public record InterfaceAddress(IfIndex link, Prefix prefix, Optional<IpAddress> peer, int scope, int flags) {
    public static final int DAD_FAILED = 0x08;
    public static final int TENTATIVE = 0x40;

    public IpAddress address() {
        return prefix.address();
    }
}
