package dev.lasthop.path;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A snapshot with look-ups across its namespaces. */
final class Index {
    /** An interface together with its namespace's state. */
    record At(NamespaceState namespace, Link link) {
        Place place() {
            return Place.of(namespace, link);
        }
    }

    private record Key(long namespace, IfIndex link) {}

    private final Snapshot snapshot;
    private final Map<Key, Link> links = new HashMap<>();
    private final Map<Key, List<At>> children = new HashMap<>();
    private final Map<Key, List<Link>> ports = new HashMap<>();
    private final Map<MacAddress, List<At>> holders = new HashMap<>();
    private final Map<IpAddress, List<At>> owners = new HashMap<>();
    private final Map<Long, List<At>> tunnels = new HashMap<>();
    private final Map<Long, Long> joined =
            new HashMap<>(); // namespace to another that it is wired to, up to one that stands for all

    Index(Snapshot snapshot) {
        this.snapshot = snapshot;
        for (NamespaceState namespace : snapshot.namespaces()) {
            for (Link link : namespace.links()) {
                add(namespace, link);
            }
            for (InterfaceAddress address : namespace.addresses()) {
                Link link = links.get(new Key(namespace.inode(), address.link()));
                if (link != null) {
                    owners.computeIfAbsent(address.address(), key -> new ArrayList<>())
                            .add(new At(namespace, link));
                }
            }
        }
    }

    private void add(NamespaceState namespace, Link link) {
        var at = new At(namespace, link);
        if (!link.lowerNamespaceUnknown()) {
            link.lowerNamespace().ifPresent(other -> join(namespace.inode(), other));
        }
        links.put(new Key(namespace.inode(), link.index()), link);
        if (!link.master().isNone()) {
            ports.computeIfAbsent(new Key(namespace.inode(), link.master()), key -> new ArrayList<>())
                    .add(link);
        }
        if (isMacvlan(link) && !link.lower().isNone() && !link.lowerNamespaceUnknown()) {
            var parent = new Key(link.lowerNamespace().orElse(namespace.inode()), link.lower());
            children.computeIfAbsent(parent, key -> new ArrayList<>()).add(at);
        }
        if (!link.isLoopback()) {
            link.mac()
                    .ifPresent(mac -> holders.computeIfAbsent(mac, key -> new ArrayList<>())
                            .add(at));
        }
        if (link.vxlan().isPresent()) {
            tunnels.computeIfAbsent(link.lowerNamespace().orElse(namespace.inode()), key -> new ArrayList<>())
                    .add(at);
        }
    }

    private void join(long one, long other) {
        long first = representative(one);
        long second = representative(other);
        if (first != second) {
            joined.put(first, second);
        }
    }

    static boolean isMacvlan(Link link) {
        return link.kind().equals("macvlan") || link.kind().equals("macvtap");
    }

    Snapshot snapshot() {
        return snapshot;
    }

    Optional<Link> link(NamespaceState namespace, IfIndex index) {
        return Optional.ofNullable(links.get(new Key(namespace.inode(), index)));
    }

    /** The bridge that the link is a port of. */
    Optional<Link> bridge(NamespaceState namespace, Link port) {
        return port.master().isNone()
                ? Optional.empty()
                : link(namespace, port.master()).filter(master -> master.kind().equals("bridge"));
    }

    List<Link> ports(NamespaceState namespace, Link bridge) {
        return ports.getOrDefault(new Key(namespace.inode(), bridge.index()), List.of());
    }

    /** The macvlan devices on top of a link, wherever they are. */
    List<At> children(NamespaceState namespace, Link lower) {
        return children.getOrDefault(new Key(namespace.inode(), lower.index()), List.of());
    }

    /** Who has a hardware address, of all that are wired to a namespace. Elsewhere it may well be used again, and means nothing. */
    List<At> holders(MacAddress mac, long near) {
        return wired(holders.getOrDefault(mac, List.of()), near);
    }

    /** Who has an address, of all that are wired to a namespace, over whatever others. */
    List<At> owners(IpAddress address, long near) {
        return wired(owners.getOrDefault(address, List.of()), near);
    }

    private List<At> wired(List<At> found, long near) {
        long wanted = representative(near);
        return found.stream()
                .filter(at -> representative(at.namespace().inode()) == wanted)
                .toList();
    }

    private long representative(long namespace) {
        long at = namespace;
        for (Long next = joined.get(at); next != null; next = joined.get(at)) {
            at = next;
        }
        return at;
    }

    /** The VXLAN devices whose own packets this namespace sends and takes. */
    List<At> tunnels(NamespaceState underlay) {
        return tunnels.getOrDefault(underlay.inode(), List.of());
    }

    /** A veth's other end, a macvlan's parent. */
    Optional<At> lower(NamespaceState namespace, Link link) {
        return snapshot.lower(namespace, link).map(found -> new At(found.namespace(), found.link()));
    }
}
