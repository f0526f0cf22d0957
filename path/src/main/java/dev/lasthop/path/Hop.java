package dev.lasthop.path;

import dev.lasthop.address.IfIndex;

/**
 * A place where a packet can be seen: an interface, passed in one direction.
 *
 * @param namespace the namespace's inode
 * @param namespaceName how the command line names it
 */
public record Hop(long namespace, String namespaceName, IfIndex link, String linkName, Direction direction) {
    @Override
    public String toString() {
        return namespaceName + " " + linkName + " " + direction;
    }
}
