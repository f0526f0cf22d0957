package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Obstacle;

/** Stub. */
final class PublishMissing {
    private PublishMissing() {}

    static boolean applies(Dossier dossier, Obstacle.NoListener none) {
        return false;
    }
}
