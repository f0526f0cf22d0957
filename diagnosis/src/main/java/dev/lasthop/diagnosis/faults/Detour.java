package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.path.Place;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Predictor;
import dev.lasthop.path.Stage;
import dev.lasthop.path.filter.FilterWalk;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A neighbour entry that hands the packets to an interface on the segment that takes them in and is not the next hop's. What becomes of
 * them there may look like any other fault: a source that is not translated, a host that does not forward. That it is none follows from
 * the prediction without the entry, by which they pass.
 *
 * @param entry where it was used
 * @param owner who has the next hop's address on that segment
 */
record Detour(Stage.NeighborResolution entry, Stage.Answer owner) {

    static Optional<Detour> in(Dossier dossier) {
        return Stream.concat(
                        dossier.prediction().request().elements(Stage.NeighborResolution.class).stream(),
                        dossier.prediction().reply().stream()
                                .flatMap(path -> path.elements(Stage.NeighborResolution.class).stream()))
                .filter(used -> used.entry().isPresent())
                .flatMap(used -> owner(dossier, used).map(owner -> new Detour(used, owner)).stream())
                .filter(detour -> detour.isToBlame(dossier))
                .findFirst();
    }

    /** The one interface that answers for the address and has it, where its MAC is another than the entry's. */
    private static Optional<Stage.Answer> owner(Dossier dossier, Stage.NeighborResolution used) {
        List<Stage.Answer> owners = used.answers().stream()
                .filter(answer -> !answer.proxy() && has(dossier, answer.place(), used))
                .toList();
        return owners.size() == 1 && !owners.getFirst().mac().equals(used.used())
                ? Optional.of(owners.getFirst())
                : Optional.empty();
    }

    private static boolean has(Dossier dossier, Place place, Stage.NeighborResolution used) {
        return dossier.namespace(place.namespace()).stream()
                .flatMap(state -> state.addresses(place.link(), used.nextHop().family()).stream())
                .anyMatch(address -> address.address().equals(used.nextHop()));
    }

    private boolean isToBlame(Dossier dossier) {
        if (dossier.prediction().isHealthy()) {
            return false;
        }
        Prediction without = without(dossier);
        return without.isHealthy()
                || leaves(without.request(), dossier.prediction().request());
    }

    /** Both leave the host at the same interface, with another source: it is translated without the detour. */
    private static boolean leaves(Path without, Path with) {
        return without.ending() instanceof Ending.LeftHost one
                && with.ending() instanceof Ending.LeftHost other
                && one.hop().equals(other.hop())
                && !source(without).equals(source(with));
    }

    private static Optional<Object> source(Path path) {
        return path.passages().stream()
                .reduce((first, second) -> second)
                .map(Passage::flow)
                .map(flow -> flow.source());
    }

    private Prediction without(Dossier dossier) {
        var snapshot = new Snapshot(dossier.before().namespaces().stream()
                .map(state -> state.inode() == entry.link().namespace() ? forgetful(state) : state)
                .toList());
        return Predictor.predict(snapshot, dossier.prediction().question(), new FilterWalk());
    }

    private NamespaceState forgetful(NamespaceState state) {
        return state.withNeighbors(state.neighbors().stream()
                .filter(known -> known.proxy()
                        || !known.link().equals(entry.link().link())
                        || !known.address().equals(entry.nextHop()))
                .toList());
    }

    /** Who takes in what is sent to the entry's MAC. */
    Optional<Place> taker(Dossier dossier) {
        return answering()
                .map(Stage.Answer::place)
                .or(() -> dossier.before().namespaces().stream()
                        .filter(state -> dossier.prediction().request().passages().stream()
                                .anyMatch(passage -> passage.hop().namespace() == state.inode()))
                        .flatMap(state -> state.links().stream()
                                .filter(link -> link.mac().equals(Optional.of(entry.used())))
                                .map(link -> Place.of(state, link)))
                        .findFirst());
    }

    /** Another interface of the owner's namespace that answers for the address too, as Linux does while arp_ignore is 0. */
    Optional<Stage.Answer> answering() {
        return entry.answers().stream()
                .filter(answer -> answer.mac().equals(entry.used()))
                .findFirst();
    }

    /** Whether the owner's bridge shows what it forwards to the IP rules, and so to connection tracking, before it is routed. */
    boolean isTrackedOnBridge(Dossier dossier) {
        String setting = entry.nextHop().family() == dev.lasthop.address.Family.IPV4 ? "iptables" : "ip6tables";
        return owner.place().kind().equals("bridge")
                && dossier.namespace(owner.place().namespace()).stream()
                        .anyMatch(state -> state.sysctls()
                                        .number("net/bridge/bridge-nf-call-" + setting)
                                        .orElse(0)
                                != 0);
    }
}
