package dev.lasthop.diagnosis;

import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import java.util.Optional;

/**
 * Where the packets stopped: the bracket between what was seen and what should have been.
 *
 * @param side the journey that broke
 * @param last the last hop where a packet of that journey was seen; for a reply that was never seen, the request's last
 * @param next where it should have been seen next
 * @param obstacle what the prediction says stands between the two; empty where it expected the packet to pass
 * @param agrees whether prediction and observation speak of the same place
 */
public record Stop(Side side, Optional<Hop> last, Optional<Hop> next, Optional<Obstacle> obstacle, boolean agrees) {}
