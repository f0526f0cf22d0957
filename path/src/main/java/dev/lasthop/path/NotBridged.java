package dev.lasthop.path;

import dev.lasthop.topology.Link;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
            Optional<Obstacle> patch = bridgeOf(index, owner).flatMap(found -> patch(index, ask, reached, found));
            if (patch.isPresent()) {
                return patch;
            }
        }
        return Optional.empty();
    }

    /** A pair between the bridge that was asked and the owner's bridge, one end of which is a port and the other of nothing. */
    private static Optional<Obstacle> patch(Index index, Resolver.Ask ask, List<Place> reached, Index.At ofOwner) {
        List<Index.At> asked = Stream.concat(Stream.of(ask.place()), reached.stream())
                .filter(place -> place.kind().equals("bridge") && !place.equals(ofOwner.place()))
                .flatMap(place -> index.snapshot().namespace(place.namespace()).stream()
                        .flatMap(state ->
                                index.link(state, place.link()).map(link -> new Index.At(state, link)).stream()))
                .toList();
        return asked.stream()
                .flatMap(bridge -> Stream.concat(loose(index, bridge, ofOwner), loose(index, ofOwner, bridge)))
                .map(found -> (Obstacle) new Obstacle.NotBridged(found.hostEnd(), found.bridge(), ask.wanted()))
                .findFirst();
    }

    private record Loose(Place hostEnd, Place bridge) {}

    /** The other ends of a bridge's ports that should be ports of another bridge, as they are beside it and nothing else. */
    private static Stream<Loose> loose(Index index, Index.At bridge, Index.At other) {
        return index.ports(bridge.namespace(), bridge.link()).stream()
                .filter(port -> port.kind().equals("veth"))
                .flatMap(port -> index.lower(bridge.namespace(), port).stream())
                .filter(end -> end.namespace().inode() == other.namespace().inode()
                        && end.link().master().isNone()
                        && end.link().isUp()
                        && isBare(end))
                .map(end -> new Loose(end.place(), other.place()));
    }

    private static boolean isBare(Index.At end) {
        return end.namespace().addresses().stream()
                .noneMatch(address -> address.link().equals(end.link().index())
                        && !address.address().isLinkLocal());
    }

    /** The other end of a veth, if it is in another namespace, part of no bridge, and no endpoint with addresses of its own. */
    private static Optional<Index.At> barePeer(Index index, Index.At end) {
        if (!end.link().kind().equals("veth")) {
            return Optional.empty();
        }
        return index.lower(end.namespace(), end.link())
                .filter(peer -> peer.namespace().inode() != end.namespace().inode())
                .filter(peer -> peer.link().master().isNone())
                .filter(NotBridged::isBare);
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
