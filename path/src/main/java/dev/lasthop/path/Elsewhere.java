package dev.lasthop.path;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Owners of an address that is asked for in vain on another segment. Addresses are used again in networks that are not connected: an
 * owner among others of its subnet is at home where it is, and is not the one that is missed.
 */
final class Elsewhere {
    private Elsewhere() {}

    /** Whether somebody else on the owner's segment has an address of the same subnet. */
    static boolean isSettled(Index index, Index.At owner, IpAddress address) {
        Optional<Prefix> subnet = owner.namespace().addresses(owner.link().index(), address.family()).stream()
                .map(InterfaceAddress::prefix)
                .filter(prefix -> prefix.address().equals(address) && !prefix.isSingle())
                .findFirst();
        return subnet.filter(prefix -> others(index, owner)
                        .flatMap(at -> at.namespace().addresses(at.link().index(), address.family()).stream())
                        .map(InterfaceAddress::address)
                        .anyMatch(other -> prefix.contains(other) && !other.equals(address)))
                .isPresent();
    }

    /** The interfaces with addresses that are on the segment besides. */
    private static Stream<Index.At> others(Index index, Index.At owner) {
        if (owner.link().kind().equals("bridge")) {
            return ends(index, owner.namespace(), owner.link());
        }
        return index.lower(owner.namespace(), owner.link()).stream()
                .flatMap(peer -> index.bridge(peer.namespace(), peer.link())
                        .map(bridge -> Stream.concat(
                                Stream.of(new Index.At(peer.namespace(), bridge)),
                                ends(index, peer.namespace(), bridge)))
                        .orElseGet(() -> Stream.of(peer)));
    }

    private static Stream<Index.At> ends(Index index, NamespaceState namespace, Link bridge) {
        return index.ports(namespace, bridge).stream().flatMap(port -> index.lower(namespace, port).stream());
    }
}
