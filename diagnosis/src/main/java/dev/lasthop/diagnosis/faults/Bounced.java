package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Obstacle;

/** Replies that a router sends back to where they came from: that the replier is no router is then true, and not the cause. */
final class Bounced {
    private Bounced() {}

    static boolean back(Dossier dossier, Obstacle.ForwardingOff off) {
        return dossier.stop().side() == Side.REPLY
                && dossier.prediction().request().ending() instanceof Ending.Delivered delivered
                && delivered.namespace() == off.input().namespace();
    }
}
