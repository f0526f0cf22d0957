package dev.lasthop.path;

import dev.lasthop.address.IfIndex;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;

/**
 * An interface in its namespace, by number and name.
 *
 * @param namespace the namespace's inode
 * @param namespaceName how the command line names it
 * @param kind {@code veth}, {@code bridge} …; empty for hardware and {@code lo}
 */
public record Place(long namespace, String namespaceName, IfIndex link, String linkName, String kind) {
    public static Place of(NamespaceState namespace, Link link) {
        return new Place(namespace.inode(), namespace.name(), link.index(), link.name(), link.kind());
    }

    public Hop hop(Direction direction) {
        return new Hop(namespace, namespaceName, link, linkName, direction);
    }

    @Override
    public String toString() {
        return namespaceName + " " + linkName;
    }
}
