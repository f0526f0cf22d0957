package dev.lasthop.path;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.topology.Neighbor;
import java.util.List;
import java.util.Optional;

/**
 * What goes over a segment: a packet for one hardware address, or a question to all.
 *
 * @param question set for an ARP or ND question, which is no packet of the flow
 * @param wanted the next hop that the frame is meant for
 * @param entry the neighbour entry that the destination was taken from
 * @param owners who has the wanted address on the segment
 */
record Frame(
        MacAddress source,
        MacAddress destination,
        Optional<Question> question,
        Place from,
        IpAddress wanted,
        Optional<Neighbor> entry,
        List<Place> owners) {
    /** "Who has {@code target}? Tell {@code sender}." */
    record Question(IpAddress sender, IpAddress target) {}

    boolean isQuestion() {
        return question.isPresent();
    }

    Frame to(MacAddress changed) {
        return new Frame(source, changed, question, from, wanted, entry, owners);
    }
}
