package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which of its own addresses a namespace sends from: the route's preferred one, else by scope and subnet; for IPv6 by RFC 6724. */
public final class SourceChoice {
    private static final int SECONDARY = 0x01; // IFA_F_SECONDARY
    private static final int OPTIMISTIC = 0x04; // IFA_F_OPTIMISTIC
    private static final int DEPRECATED = 0x20; // IFA_F_DEPRECATED

    private SourceChoice() {}

    /** The source for a destination that the route leads to; empty if there is no usable address. */
    public static Optional<IpAddress> choose(
            NamespaceState namespace, Route route, Route.NextHop nextHop, IpAddress destination) {
        if (route.preferredSource().isPresent()) {
            return route.preferredSource();
        }
        if (route.type() == Route.Type.LOCAL) {
            return Optional.of(destination);
        }
        return destination.family() == Family.IPV4
                ? ipv4(namespace, nextHop.link(), nextHop.gateway(), route.scope())
                : ipv6(namespace, nextHop.link(), destination);
    }

    /** The first primary address on the link whose scope fits, one of the gateway's subnet before others; else any of another link. */
    static Optional<IpAddress> ipv4(NamespaceState namespace, IfIndex link, Optional<IpAddress> near, int scope) {
        List<InterfaceAddress> own = namespace.addresses(link, Family.IPV4).stream()
                .filter(address -> (address.flags() & SECONDARY) == 0 && address.scope() <= scope)
                .toList();
        return own.stream()
                .filter(address -> near.isEmpty() || address.prefix().contains(near.get()))
                .findFirst()
                .or(() -> own.stream().findFirst())
                .or(() -> namespace.addresses().stream()
                        .filter(address -> address.prefix().family() == Family.IPV4)
                        .filter(address -> (address.flags() & SECONDARY) == 0)
                        .filter(address -> address.scope() != Route.SCOPE_LINK && address.scope() <= scope)
                        .min(Comparator.comparing(InterfaceAddress::link)))
                .map(InterfaceAddress::address);
    }

    private static Optional<IpAddress> ipv6(NamespaceState namespace, IfIndex link, IpAddress destination) {
        boolean near = destination.isLinkLocal() || destination.isMulticast();
        return namespace.addresses().stream()
                .filter(address -> address.prefix().family() == Family.IPV6)
                .filter(address -> isUsable(address) && (!near || address.link().equals(link)))
                .min(rfc6724(link, destination))
                .map(InterfaceAddress::address);
    }

    static boolean isUsable(InterfaceAddress address) {
        return (address.flags() & InterfaceAddress.DAD_FAILED) == 0
                && ((address.flags() & InterfaceAddress.TENTATIVE) == 0 || (address.flags() & OPTIMISTIC) != 0);
    }

    /** RFC 6724 section 5, rules 1, 2, 3, 5 and 8. */
    private static Comparator<InterfaceAddress> rfc6724(IfIndex link, IpAddress destination) {
        int wanted = scope(destination);
        return Comparator.<InterfaceAddress, Boolean>comparing(
                        address -> !address.address().equals(destination))
                .thenComparing(address -> scope(address.address()) < wanted)
                .thenComparingInt(address ->
                        scope(address.address()) < wanted ? -scope(address.address()) : scope(address.address()))
                .thenComparing(address -> (address.flags() & DEPRECATED) != 0)
                .thenComparing(address -> !address.link().equals(link))
                .thenComparing(address -> label(address.address()) != label(destination))
                .thenComparingInt(address -> -Math.min(
                        common(address.address(), destination), address.prefix().length()));
    }

    private static int scope(IpAddress address) {
        if (address.isMulticast()) {
            return (int) (address.high() >>> 48 & 0xf);
        }
        return address.isLinkLocal() || address.isLoopback() ? 2 : 14;
    }

    private static int label(IpAddress address) {
        if (address.isLoopback()) {
            return 0;
        }
        return address.high() >>> 57 == 0x7e ? 13 : address.high() >>> 48 == 0x2002 ? 2 : 1;
    }

    private static int common(IpAddress one, IpAddress other) {
        long high = one.high() ^ other.high();
        return high != 0 ? Long.numberOfLeadingZeros(high) : 64 + Long.numberOfLeadingZeros(one.low() ^ other.low());
    }
}
