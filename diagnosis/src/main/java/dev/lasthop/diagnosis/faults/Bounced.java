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

    /** It has one interface only, so that all it could do with the packet is to send it back. */
    static boolean atNoRouter(Dossier dossier, Obstacle.ForwardingOff off) {
        return dossier.namespace(off.input().namespace())
                .filter(state -> state.links().stream()
                                .filter(link -> !link.isLoopback() && link.isUp())
                                .count()
                        <= 1)
                .isPresent();
    }

    /** As {@link #atNoRouter}, or its way to the destination is the one that the packet came by. */
    static boolean wouldReturn(Dossier dossier, Obstacle.ForwardingOff off) {
        return atNoRouter(dossier, off)
                || dossier.predictedStop()
                        .flatMap(Ending.Stopped::next)
                        .filter(next -> next.namespace() == off.input().namespace()
                                && next.link().equals(off.input().link()))
                        .isPresent();
    }
}
