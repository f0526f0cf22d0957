package dev.lasthop.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One of the ways that a frame takes over a segment, so far.
 *
 * @param blocks what would stop it; a question is followed beyond them, to see who is behind
 * @param filtered whether a bridge already asked the IP rules of the place where it is
 * @param claim what a bridge believed about the destination
 */
record Branch(
        List<PathElement> elements,
        List<Block> blocks,
        PacketState packet,
        Frame frame,
        boolean filtered,
        Optional<Claim> claim) {
    record Block(Obstacle obstacle, Optional<Hop> next) {}

    /** A forwarding entry that was followed. */
    record Claim(Place bridge, Place port, boolean permanent) {}

    static Branch of(PacketState packet, Frame frame) {
        return new Branch(List.of(), List.of(), packet, frame, false, Optional.empty());
    }

    Branch with(PathElement element) {
        var more = new ArrayList<>(elements);
        more.add(element);
        return new Branch(more, blocks, packet, frame, filtered, claim);
    }

    Branch pass(Place place, Direction direction) {
        return with(new Passage(place.hop(direction), packet));
    }

    Branch with(Gate.Gated gated) {
        var more = new ArrayList<>(elements);
        more.addAll(gated.stages());
        return new Branch(more, blocks, gated.packet(), frame, filtered, claim);
    }

    Branch blocked(Obstacle obstacle, Optional<Hop> next) {
        var more = new ArrayList<>(blocks);
        more.add(new Block(obstacle, next));
        return new Branch(elements, more, packet, frame, filtered, claim);
    }

    Branch withFrame(Frame changed) {
        return new Branch(elements, blocks, packet, changed, filtered, claim);
    }

    Branch withPacket(PacketState changed) {
        return new Branch(elements, blocks, changed, frame, filtered, claim);
    }

    Branch withFiltered(boolean changed) {
        return new Branch(elements, blocks, packet, frame, changed, claim);
    }

    Branch withClaim(Claim changed) {
        return new Branch(elements, blocks, packet, frame, filtered, Optional.of(changed));
    }

    /** Whether it passed this interface before: a loop of bridges. */
    boolean passed(Place place, Direction direction) {
        Hop hop = place.hop(direction);
        return elements.stream()
                .anyMatch(element -> element instanceof Passage passage
                        && passage.hop().equals(hop)
                        && passage.flow().equals(packet.flow()));
    }

    Optional<Hop> last() {
        return elements.reversed().stream()
                .filter(Passage.class::isInstance)
                .map(element -> ((Passage) element).hop())
                .findFirst();
    }
}
