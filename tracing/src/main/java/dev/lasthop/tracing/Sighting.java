package dev.lasthop.tracing;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.packet.PacketType;
import dev.lasthop.packet.TappedPacket;
import dev.lasthop.path.Direction;
import java.util.Optional;

/**
 * A packet that belongs to a probe, seen passing an interface.
 *
 * @param nanos when, on the monotonic clock
 * @param namespace where, by inode
 * @param flow as it stands in the packet's headers there; for an ICMP error the flow that it quotes; empty for ARP and ND
 * @param probe which probe it belongs to, from 0; -1 where that cannot be told
 * @param forOther whether the frame was addressed to another station: a bridge flooded it, or somebody listens in
 * @param text what it is in words, for the evidence: "ARP who has 172.17.0.1", "time exceeded from 10.0.0.1"
 */
public record Sighting(
        long nanos,
        long namespace,
        IfIndex link,
        Direction direction,
        Kind kind,
        Optional<Flow> flow,
        int probe,
        boolean forOther,
        String text) {

    static Sighting of(TappedPacket tapped, Classifier.Part part) {
        return new Sighting(
                tapped.nanos(),
                tapped.namespaceInode(),
                tapped.device(),
                tapped.direction() == dev.lasthop.packet.Direction.OUT ? Direction.OUT : Direction.IN,
                part.kind(),
                part.flow(),
                part.probe(),
                tapped.type() == PacketType.OTHERHOST,
                part.text());
    }

    /** What part a packet has in the conversation. */
    public enum Kind {
        /** The probe itself, and what follows it from the same side. */
        REQUEST,
        /** What the destination sent back. */
        REPLY,
        /** An ICMP error that quotes the probe or its reply. */
        ERROR,
        /** Somebody asks for the link-layer address of a place on the way (ARP request, neighbour solicitation). */
        NEIGHBOR_REQUEST,
        /** Somebody answers such a question. */
        NEIGHBOR_REPLY
    }
}
