package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import java.util.List;

/**
 * Deletes the tracked connection whose first packet had this flow, so that its next packet is looked at anew. That cannot be taken back,
 * and need not be: the entry comes again by itself.
 */
public record ConntrackStep(Place place, Flow original) implements Step {
    @Override
    public List<String> commands() {
        Words words = Words.of("conntrack -D");
        words.add("-f", original.family() == Family.IPV6 ? "ipv6" : "ipv4")
                .add(
                        "-p",
                        original.protocol().isIcmp() && original.family() == Family.IPV6
                                ? "icmpv6"
                                : original.protocol())
                .add("-s", original.source())
                .add("-d", original.destination());
        if (original.protocol().hasPorts()) {
            words.add("--sport", original.sourcePort()).add("--dport", original.destinationPort());
        } else if (original.protocol().isIcmp()) {
            words.add("--icmp-id", original.sourcePort());
        }
        return List.of(place.run(words.toString()));
    }

    @Override
    public List<Step> undo(Places places) {
        return List.of();
    }

    @Override
    public void apply(Places places) {
        ConnectionTracking.delete(places.at(place), original);
    }
}
