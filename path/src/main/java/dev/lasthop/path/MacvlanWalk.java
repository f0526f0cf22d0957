package dev.lasthop.path;

import dev.lasthop.address.MacAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.Optional;
import java.util.OptionalLong;

/** A frame between macvlan devices, their parent, and what is beyond the parent. */
final class MacvlanWalk {
    private final Segment segment;
    private final Index index;

    MacvlanWalk(Segment segment, Index index) {
        this.segment = segment;
        this.index = index;
    }

    private static int mode(Link link) {
        return link.macvlanMode().orElse(Link.MACVLAN_VEPA);
    }

    /** Sent by a child: to siblings, where the modes let it, and out of the parent; never to the parent's own host. */
    void fromChild(NamespaceState namespace, Link child, Branch branch) {
        Place place = Place.of(namespace, child);
        Optional<Index.At> parent = index.lower(namespace, child);
        if (parent.isEmpty()) {
            segment.end(branch, beyond(child, place));
            return;
        }
        Index.At lower = parent.get();
        if (siblings(place, child, lower, branch)) {
            return;
        }
        if (branch.frame().isQuestion()) {
            var obstacle = new Obstacle.MacvlanParent(
                    place, lower.place(), branch.frame().wanted());
            segment.take(
                    lower.namespace(),
                    lower.link(),
                    branch.blocked(obstacle, Optional.empty()),
                    lower.link().mac().orElse(MacAddress.ZERO));
        }
        segment.transmit(lower.namespace(), lower.link(), branch);
    }

    /** Where the parent is in a namespace that is not known. */
    private static Ending beyond(Link child, Place place) {
        boolean known = !child.lower().isNone()
                && !child.lowerNamespaceUnknown()
                && child.lowerNamespace().isPresent();
        return known
                ? new Ending.NeedsNamespace(
                        OptionalLong.of(child.lowerNamespace().getAsLong()), place.hop(Direction.OUT))
                : new Ending.LeftHost(place.hop(Direction.OUT));
    }

    /** Gives it to the siblings that it is meant for; whether it has found the one. */
    private boolean siblings(Place place, Link child, Index.At lower, Branch branch) {
        MacAddress destination = branch.frame().destination();
        for (Index.At sibling : index.children(lower.namespace(), lower.link())) {
            boolean itself = sibling.place().equals(place);
            boolean meant = destination.isMulticast()
                    || sibling.link().mac().filter(destination::equals).isPresent();
            boolean bridged = mode(child) == Link.MACVLAN_BRIDGE && mode(sibling.link()) == Link.MACVLAN_BRIDGE;
            if (itself || !meant) {
                continue;
            }
            if (bridged) {
                segment.receive(sibling.namespace(), sibling.link(), branch);
                if (!destination.isMulticast()) {
                    return true;
                }
            } else if (branch.frame().isQuestion()) {
                int mode = mode(child) == Link.MACVLAN_BRIDGE ? mode(sibling.link()) : mode(child);
                var obstacle = new Obstacle.MacvlanMode(place, sibling.place(), mode);
                segment.receive(sibling.namespace(), sibling.link(), branch.blocked(obstacle, Optional.empty()));
            }
        }
        return false;
    }

    /** Sent by the parent's own host: its children do not hear it. A question notes that they would have to. */
    void beneath(NamespaceState namespace, Link parent, Branch branch) {
        for (Index.At child : index.children(namespace, parent)) {
            var obstacle = new Obstacle.MacvlanParent(
                    child.place(), Place.of(namespace, parent), branch.frame().wanted());
            segment.receive(child.namespace(), child.link(), branch.blocked(obstacle, Optional.empty()));
        }
    }

    /** Came in by the parent from outside: for a child, or for the parent's own host. */
    void fromWire(NamespaceState namespace, Link parent, Branch branch) {
        MacAddress destination = branch.frame().destination();
        for (Index.At child : index.children(namespace, parent)) {
            boolean meant = destination.isMulticast()
                    || mode(child.link()) == Link.MACVLAN_PASSTHRU
                    || child.link().mac().filter(destination::equals).isPresent();
            if (meant) {
                segment.receive(child.namespace(), child.link(), branch);
                if (!destination.isMulticast()) {
                    return;
                }
            }
        }
        segment.take(namespace, parent, branch, parent.mac().orElse(MacAddress.ZERO));
    }
}
