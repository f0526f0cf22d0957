package dev.lasthop.diagnosis;

import dev.lasthop.address.Flow;
import dev.lasthop.path.Hop;

/**
 * A hop of one of the two journeys, and how many of the probes were seen there.
 *
 * @param expected whether the prediction has it; a hop that it has not is one where a packet turned up
 * @param flow as it stands (or was seen) in the packet there
 */
public record JourneyHop(Side side, Hop hop, Flow flow, boolean expected, int seen) {}
