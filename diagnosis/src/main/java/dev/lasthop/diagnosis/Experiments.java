package dev.lasthop.diagnosis;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.path.Place;
import dev.lasthop.path.Prediction;
import java.util.List;
import java.util.Optional;

/**
 * What further probes showed, each made to tell two causes apart.
 *
 * @param neighbors who answered when an address was asked for on a link
 * @param small whether a small packet came through where a large one did not
 * @param otherProtocol whether another protocol comes through where the one asked for does not
 * @param others predictions for flows that differ in one thing: without the size, by another protocol
 */
public record Experiments(
        List<NeighborAnswers> neighbors,
        Optional<Boolean> small,
        Optional<OtherProtocol> otherProtocol,
        List<Prediction> others) {
    public static final Experiments NONE = new Experiments(List.of(), Optional.empty(), Optional.empty(), List.of());

    public Experiments {
        neighbors = List.copyOf(neighbors);
        others = List.copyOf(others);
    }

    /** @param macs all different ones that answered; more than one means that the address is used twice */
    public record NeighborAnswers(Place link, IpAddress address, List<MacAddress> macs) {
        public NeighborAnswers {
            macs = List.copyOf(macs);
        }
    }

    /** @param what in words: "a TCP connection to port 80" */
    public record OtherProtocol(String what, boolean works) {}
}
