package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import java.util.Optional;
import java.util.stream.Stream;

/** Replies that a router sends back to where they came from: that the replier is no router is then true, and not the cause. */
final class Bounced {
    private Bounced() {}

    /** Whether that it does not forward is only what something else leads to. */
    static boolean isConsequence(Dossier dossier, Obstacle.ForwardingOff off) {
        return back(dossier, off)
                || atNoRouter(dossier, off)
                || atOrigin(dossier).isPresent();
    }

    private static boolean back(Dossier dossier, Obstacle.ForwardingOff off) {
        return dossier.stop().side() == Side.REPLY
                && dossier.prediction().request().ending() instanceof Ending.Delivered delivered
                && delivered.namespace() == off.input().namespace();
    }

    /** It has one interface only, so that all it could do with the packet is to send it back. */
    private static boolean atNoRouter(Dossier dossier, Obstacle.ForwardingOff off) {
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

    /**
     * A router of the way that the request took sends the reply back to the replier, by a route that is wider than the network that the
     * request came from: of that it knows nothing.
     */
    static Optional<Stage.RoutingDecision> forLackOfRoute(Dossier dossier) {
        return (dossier.stop().side() == Side.REPLY ? atOrigin(dossier) : Optional.<Place>empty())
                .flatMap(origin -> Policy.lastDecision(dossier.broken()))
                .filter(decision -> !Policy.chose(decision.rule()))
                .filter(decision -> WayBack.at(dossier, decision.out().namespace())
                        .filter(back -> back.route().destination().length()
                                > decision.route().destination().length())
                        .isPresent());
    }

    /**
     * Where a packet, that of the sender or the reply to it, came back to the very namespace that made it: there it is taken for forged, or
     * is one that it may not send on.
     */
    static Optional<Place> atOrigin(Dossier dossier) {
        return Stream.concat(
                        dossier.obstacle(Obstacle.LocalSource.class)
                                .filter(local -> !Returned.toSender(dossier, local))
                                .map(Obstacle.LocalSource::input),
                        dossier.obstacle(Obstacle.ForwardingOff.class).map(Obstacle.ForwardingOff::input))
                .filter(input -> dossier.broken().passages().stream()
                        .findFirst()
                        .map(Passage::hop)
                        .filter(first -> first.direction() == Direction.OUT && first.namespace() == input.namespace())
                        .isPresent())
                .findFirst();
    }
}
