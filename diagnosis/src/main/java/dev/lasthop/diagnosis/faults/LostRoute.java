package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Path;
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.NamespaceState;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A packet that took a wider route, because the route to the very network that it is for is gone: an interface there has an address in
 * that network, and is down, or lost its route.
 *
 * @param link the interface that it was to leave by
 * @param network of the address there
 * @param decision the one that took it elsewhere
 */
record LostRoute(Place link, boolean up, Prefix network, Stage.RoutingDecision decision) {

    static Optional<LostRoute> in(Dossier dossier) {
        return Stream.concat(Stream.of(dossier.prediction().request()), dossier.prediction().reply().stream())
                .filter(path -> !path.isDelivered())
                .flatMap(path -> decisions(dossier, path))
                .findFirst();
    }

    private static Stream<LostRoute> decisions(Dossier dossier, Path path) {
        return path.elements(Stage.RoutingDecision.class).stream()
                .filter(decision -> !Policy.chose(decision.rule()))
                .flatMap(decision -> dossier.namespace(decision.out().namespace()).stream()
                        .flatMap(state -> of(state, decision).stream()));
    }

    private static Optional<LostRoute> of(NamespaceState state, Stage.RoutingDecision decision) {
        return state.addresses().stream()
                .filter(address -> !address.link().equals(decision.out().link()))
                .filter(address -> isFor(address.prefix(), decision))
                .sorted(Comparator.comparingInt(address -> -address.prefix().length()))
                .flatMap(address -> found(state, address, decision).stream())
                .findFirst();
    }

    private static boolean isFor(Prefix prefix, Stage.RoutingDecision decision) {
        return !prefix.isSingle()
                && prefix.contains(decision.destination())
                && prefix.length() > decision.route().destination().length();
    }

    private static Optional<LostRoute> found(
            NamespaceState state, InterfaceAddress address, Stage.RoutingDecision decision) {
        return state.link(address.link())
                .filter(link -> !link.isLoopback())
                .map(link -> new LostRoute(
                        Place.of(state, link), link.isUp(), address.prefix().network(), decision));
    }

    /** The last place on the right way: where it came into the namespace that knew no better. */
    Finding bracket(Finding finding) {
        return finding.as(Verdict.DROPPED)
                .between(decision.input().map(in -> in.hop(Direction.IN)), Optional.of(link.hop(Direction.OUT)));
    }

    boolean isOverBridge() {
        return link.kind().equals("bridge");
    }

    /** What the kernel made of it instead. */
    String words() {
        return "%s was sent by %s (%s), as the route to %s is gone"
                .formatted(
                        decision.destination(),
                        decision.out().linkName(),
                        decision.route().destination(),
                        network);
    }
}
