package dev.lasthop.path;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where a frame that nobody took is said to have ended, of all the places that a flooded frame ends in. */
final class DeadEnds {
    private DeadEnds() {}

    /** @param held whether somebody who can be seen has the frame's address: then leaving for the unseen does not explain it */
    static Optional<Segment.DeadEnd> choose(List<Segment.DeadEnd> ends, boolean held) {
        return ends.stream().min(Comparator.comparingInt(end -> rank(end.ending(), held)));
    }

    private static int rank(Ending ending, boolean held) {
        return switch (ending) {
            case Ending.Stopped stopped ->
                switch (stopped.obstacle()) {
                    case Obstacle.WrongFdbEntry wrong -> 1;
                    case Obstacle.WrongMac wrong -> held ? 3 : 5;
                    case Obstacle.FloodOff off -> 4;
                    default -> held ? 0 : 2;
                };
            case Ending.NeedsNamespace needs -> held ? 2 : 1;
            case Ending.LeftHost left -> held ? 6 : 0;
            case Ending.Delivered delivered -> 0;
            case Ending.Unknown unknown -> 7;
        };
    }
}
