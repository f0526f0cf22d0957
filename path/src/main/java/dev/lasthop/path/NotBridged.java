package dev.lasthop.path;

import dev.lasthop.topology.Link;
import java.util.List;
import java.util.Optional;

/** Finds the veth host end that should be a port of a bridge and is not, where nobody answers for an address because of that. */
final class NotBridged {
    private NotBridged() {}

    static Optional<Obstacle> find(Index index, Resolver.Ask ask, List<Place> reached) {
        Optional<Index.At> ownBare = barePeer(index, new Index.At(ask.namespace(), ask.link()));
        for (Index.At owner : index.owners(ask.wanted(), ask.namespace().inode())) {
            Optional<Index.At> bridge = ownBare.flatMap(bare -> bridgeOf(index, owner)
                    .filter(found ->
                            found.namespace().inode() == bare.namespace().inode()));
            if (bridge.isPresent()) {
                return Optional.of(new Obstacle.NotBridged(
                        ownBare.get().place(), bridge.get().place(), ask.wanted()));
            }
            Optional<Index.At> bare = barePeer(index, owner);
            Optional<Place> joined = bare.flatMap(end -> reachedBridge(ask, reached, end));
            if (joined.isPresent()) {
                return Optional.of(new Obstacle.NotBridged(bare.get().place(), joined.get(), ask.wanted()));
            }
        }
        return Optional.empty();
    }

    /** The other end of a veth, if it is in another namespace, part of no bridge, and no endpoint with addresses of its own. */
    private static Optional<Index.At> barePeer(Index index, Index.At end) {
        if (!end.link().kind().equals("veth")) {
            return Optional.empty();
        }
        return index.lower(end.namespace(), end.link())
                .filter(peer -> peer.namespace().inode() != end.namespace().inode())
                .filter(peer -> peer.link().master().isNone())
                .filter(peer -> peer.namespace().addresses().stream()
                        .noneMatch(address -> address.link().equals(peer.link().index())
                                && !address.address().isLinkLocal()));
    }

    /** The bridge that has the address, or whose port leads to its owner. */
    private static Optional<Index.At> bridgeOf(Index index, Index.At owner) {
        if (owner.link().kind().equals("bridge")) {
            return Optional.of(owner);
        }
        return owner.link().kind().equals("veth")
                ? index.lower(owner.namespace(), owner.link())
                        .flatMap(peer -> index.bridge(peer.namespace(), peer.link())
                                .map(bridge -> new Index.At(peer.namespace(), bridge)))
                : Optional.empty();
    }

    private static Optional<Place> reachedBridge(Resolver.Ask ask, List<Place> reached, Index.At bare) {
        Link link = ask.link();
        if (link.kind().equals("bridge")
                && ask.namespace().inode() == bare.namespace().inode()) {
            return Optional.of(ask.place());
        }
        return reached.stream()
                .filter(place -> place.kind().equals("bridge")
                        && place.namespace() == bare.namespace().inode())
                .findFirst();
    }
}
