package dev.lasthop.diagnosis;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.Sighting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lays what was seen over what was predicted: every hop with its count, and where each journey broke off. */
final class Journeys {
    private final Prediction prediction;
    private final Observation observation;
    private final Snapshot snapshot;

    Journeys(Prediction prediction, Observation observation, Snapshot snapshot) {
        this.prediction = prediction;
        this.observation = observation;
        this.snapshot = snapshot;
    }

    /** Both journeys, hop by hop: the predicted ones in order, then those where a packet turned up besides, in order of time. */
    List<JourneyHop> hops() {
        var all = new ArrayList<>(hops(Side.REQUEST, Optional.of(prediction.request()), Sighting.Kind.REQUEST));
        all.addAll(hops(Side.REPLY, prediction.reply(), Sighting.Kind.REPLY));
        return all;
    }

    private List<JourneyHop> hops(Side side, Optional<Path> path, Sighting.Kind kind) {
        var hops = new ArrayList<JourneyHop>();
        Set<Hop> expected = new HashSet<>();
        for (Passage passage : path.map(Path::passages).orElse(List.of())) {
            if (expected.add(passage.hop())) {
                hops.add(new JourneyHop(side, passage.hop(), passage.flow(), true, seen(passage.hop(), kind)));
            }
        }
        path.flatMap(Path::stopped)
                .flatMap(Ending.Stopped::next)
                .filter(expected::add)
                .ifPresent(next -> hops.add(new JourneyHop(side, next, flowBefore(hops), true, seen(next, kind))));
        observation.sightings().stream()
                .filter(sighting -> sighting.kind() == kind && sighting.flow().isPresent() && !sighting.forOther())
                .filter(sighting ->
                        sighting.direction() == dev.lasthop.path.Direction.IN) // a flood goes out everywhere
                .sorted(Comparator.comparingLong(Sighting::nanos))
                .forEach(sighting -> {
                    Hop hop = hop(sighting);
                    if (expected.add(hop)) {
                        hops.add(new JourneyHop(side, hop, sighting.flow().orElseThrow(), false, seen(hop, kind)));
                    }
                });
        return hops;
    }

    private Flow flowBefore(List<JourneyHop> hops) {
        return hops.isEmpty()
                ? new Flow(
                        prediction.question().protocol(),
                        dev.lasthop.address.IpAddress.any(
                                prediction.question().destination().family()),
                        prediction.question().sourcePort(),
                        prediction.question().destination(),
                        prediction.question().destinationPort())
                : hops.getLast().flow();
    }

    private int seen(Hop hop, Sighting.Kind kind) {
        return observation.seen(hop.namespace(), hop.link(), hop.direction(), kind);
    }

    private Hop hop(Sighting sighting) {
        return new Hop(
                sighting.namespace(),
                snapshot.namespace(sighting.namespace())
                        .map(state -> state.name())
                        .orElse("net:[" + sighting.namespace() + "]"),
                sighting.link(),
                linkName(sighting.namespace(), sighting.link()),
                sighting.direction());
    }

    private String linkName(long namespace, IfIndex link) {
        return snapshot.namespace(namespace)
                .flatMap(state -> state.link(link))
                .map(Link::name)
                .orElse("if" + link);
    }

    /** Where it broke off, on the journey that broke first. */
    Stop stop(List<JourneyHop> hops) {
        boolean replied = hops.stream().anyMatch(hop -> hop.side() == Side.REPLY && hop.seen() > 0);
        Side side = (replied || requestArrived(hops)) && !wasRefused(hops) ? Side.REPLY : Side.REQUEST;
        List<JourneyHop> journey =
                hops.stream().filter(hop -> hop.side() == side).toList();
        Optional<Path> path = side == Side.REQUEST ? Optional.of(prediction.request()) : prediction.reply();
        Optional<Ending.Stopped> predicted = path.flatMap(Path::stopped);
        boolean copies =
                predicted.isPresent() && path.filter(Journeys::isFlooded).isPresent();
        Optional<Hop> last =
                lastSeen(copies ? journey.stream().filter(JourneyHop::expected).toList() : journey);
        if (last.isEmpty() && side == Side.REPLY) {
            last = lastSeen(
                    hops.stream().filter(hop -> hop.side() == Side.REQUEST).toList());
            return new Stop(
                    side,
                    last,
                    predicted.flatMap(Ending.Stopped::next).or(() -> first(journey)),
                    predicted.map(Ending.Stopped::obstacle),
                    predicted.isPresent() && neverStarted(predicted.get(), path.get()));
        }
        if (last.isEmpty()) {
            return new Stop(
                    side,
                    predicted.flatMap(Ending.Stopped::last).or(() -> firstLink(predicted)),
                    predicted.flatMap(Ending.Stopped::next).or(() -> first(journey)),
                    predicted.map(Ending.Stopped::obstacle),
                    predicted.isPresent() && neverStarted(predicted.get(), path.get()));
        }
        Hop seen = last.get();
        Optional<Hop> next = predicted
                .filter(stopped -> stopped.last().equals(Optional.of(seen)))
                .flatMap(Ending.Stopped::next)
                .or(() -> after(journey, seen));
        return new Stop(
                side,
                last,
                next,
                predicted.map(Ending.Stopped::obstacle),
                predicted.filter(stopped -> agrees(stopped, seen)).isPresent());
    }

    /** Whether a bridge sent copies to all of its ports: that one of them turns up elsewhere says nothing of the one that was to arrive. */
    private static boolean isFlooded(Path path) {
        return path.elements(Stage.BridgeForwarding.class).stream()
                .anyMatch(stage -> stage.choice() == Stage.BridgeForwarding.Choice.FLOOD);
    }

    /** A link that has just lost its other end takes packets for up to a second more: they are seen on it, and lost all the same. */
    private static boolean agrees(Ending.Stopped predicted, Hop seen) {
        return predicted.last().filter(seen::equals).isPresent()
                || predicted.obstacle() instanceof Obstacle.PeerDown
                        && predicted.next().filter(seen::equals).isPresent();
    }

    /** The request was last seen where the prediction has it refused: what came back is the refusal, a reset, and no reply. */
    private boolean wasRefused(List<JourneyHop> hops) {
        Optional<Hop> last =
                lastSeen(hops.stream().filter(hop -> hop.side() == Side.REQUEST).toList());
        return prediction
                .request()
                .stopped()
                .filter(stopped -> stopped.last().isPresent() && stopped.last().equals(last))
                .filter(stopped -> stopped.obstacle() instanceof Obstacle.NoListener
                        || stopped.obstacle() instanceof Obstacle.Filtered filtered
                                && filtered.outcome().verdict() == dev.lasthop.path.HookOutcome.Verdict.REJECT)
                .isPresent();
    }

    /** The request was seen where the prediction has it delivered, or nothing but its delivery was predicted. */
    private boolean requestArrived(List<JourneyHop> hops) {
        if (!prediction.request().isDelivered()) {
            return false;
        }
        List<JourneyHop> expected = hops.stream()
                .filter(hop -> hop.side() == Side.REQUEST && hop.expected())
                .toList();
        return !expected.isEmpty() && expected.getLast().seen() > 0;
    }

    /** Of the predicted hops the last that was seen; if the packet strayed from them, the last place where it turned up. */
    private static Optional<Hop> lastSeen(List<JourneyHop> journey) {
        return journey.stream()
                .filter(hop -> hop.seen() > 0)
                .reduce((first, second) -> second)
                .map(JourneyHop::hop);
    }

    private static Optional<Hop> first(List<JourneyHop> journey) {
        return journey.stream().map(JourneyHop::hop).findFirst();
    }

    private static Optional<Hop> after(List<JourneyHop> journey, Hop seen) {
        return journey.stream()
                .map(JourneyHop::hop)
                .dropWhile(hop -> !hop.equals(seen))
                .skip(1)
                .findFirst();
    }

    /** The interface that the packet was to leave by: where its address resolution was heard of last. */
    private Optional<Hop> firstLink(Optional<Ending.Stopped> predicted) {
        return predicted
                .map(Ending.Stopped::obstacle)
                .flatMap(obstacle -> switch (obstacle) {
                    case Obstacle.NobodyAnswers silent -> Optional.of(silent.from());
                    case Obstacle.SilentOwner silent -> Optional.of(silent.from());
                    case Obstacle.ProxyArpOff off -> Optional.of(off.from());
                    case Obstacle.PeerDown down -> Optional.of(down.near());
                    case Obstacle.LinkDown down -> Optional.of(down.place());
                    case Obstacle.NoCarrier none -> Optional.of(none.place());
                    case Obstacle.MacvlanParent own -> Optional.of(own.child());
                    case Obstacle.TooBig big -> Optional.of(big.out());
                    case Obstacle.NoAddress none -> none.link();
                    default ->
                        prediction.request().elements(dev.lasthop.path.Stage.RoutingDecision.class).stream()
                                .map(dev.lasthop.path.Stage.RoutingDecision::out)
                                .findFirst();
                })
                .filter(place -> place.namespace() == prediction.question().source())
                .or(() -> onlyLink())
                .map(place -> place.hop(dev.lasthop.path.Direction.OUT));
    }

    /** The interface of the default route. */
    private Optional<dev.lasthop.path.Place> usualLink(NamespaceState state) {
        return state.routes().stream()
                .filter(route -> route.table() == Route.TABLE_MAIN
                        && route.destination().length() == 0
                        && route.family() == prediction.question().destination().family())
                .flatMap(route -> route.nextHops().stream())
                .flatMap(hop -> state.link(hop.link()).stream())
                .map(link -> dev.lasthop.path.Place.of(state, link))
                .findFirst();
    }

    /** Where there is no telling by which interface, the sender's only one, or its usual one. */
    private Optional<dev.lasthop.path.Place> onlyLink() {
        return snapshot.namespace(prediction.question().source()).flatMap(state -> {
            List<Link> links =
                    state.links().stream().filter(link -> !link.isLoopback()).toList();
            return links.size() == 1
                    ? Optional.of(dev.lasthop.path.Place.of(state, links.getFirst()))
                    : usualLink(state);
        });
    }

    /** Whether the prediction, too, has the packet at no interface before it stops (or only where a tap cannot see it leave). */
    private static boolean neverStarted(Ending.Stopped stopped, Path path) {
        return stopped.last().isEmpty()
                || path.passages().isEmpty()
                || path.passages().size() == 1
                        && path.passages()
                                .getFirst()
                                .hop()
                                .equals(stopped.last().get())
                || stopped.obstacle() instanceof Obstacle.NobodyAnswers
                        && path.passages().isEmpty();
    }
}
