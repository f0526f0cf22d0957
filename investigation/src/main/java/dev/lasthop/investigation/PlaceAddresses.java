package dev.lasthop.investigation;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.route.RouteSocket;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.RouteSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which of a place's addresses is meant when the place itself is given as the destination. */
public final class PlaceAddresses {
    private PlaceAddresses() {}

    /** One on a segment that the source is on too, if there is such; IPv4 before IPv6 unless the family is given. */
    public static Optional<IpAddress> choose(
            NetworkNamespace source, NetworkNamespace destination, Optional<Family> family) {
        List<Prefix> near = of(source);
        return of(destination).stream()
                .filter(prefix -> family.isEmpty() || prefix.family() == family.get())
                .filter(prefix ->
                        !prefix.address().isLoopback() && !prefix.address().isLinkLocal())
                .min(Comparator.<Prefix>comparingInt(prefix -> isShared(prefix, near) ? 0 : 1)
                        .thenComparing(Prefix::family)) // the kernel's order among equals
                .map(Prefix::address);
    }

    /** All addresses of a place but those of its loopback. */
    static List<IpAddress> all(NetworkNamespace place) {
        return of(place).stream()
                .map(Prefix::address)
                .filter(address -> !address.isLoopback())
                .toList();
    }

    private static boolean isShared(Prefix prefix, List<Prefix> near) {
        return near.stream().anyMatch(mine -> !mine.isSingle() && mine.contains(prefix.address()));
    }

    private static List<Prefix> of(NetworkNamespace namespace) {
        try (RouteSocket socket = RouteSocket.open(namespace)) {
            return socket.addresses().stream()
                    .flatMap(message -> RouteSource.address(message).stream())
                    .map(InterfaceAddress::prefix)
                    .toList();
        }
    }
}
