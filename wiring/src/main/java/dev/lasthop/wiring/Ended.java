package dev.lasthop.wiring;

import dev.lasthop.wiring.step.Plan;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What killed processes had begun and this one brought to an end: to what was meant where that had been decided, else back. So whoever asks
 * for something to be taken away that was being taken away already is told that it is gone, and not that it never was there.
 *
 * @param works those that came to an end
 * @param told what came of each, also of those that did not; in words
 */
record Ended(List<Work.Unfinished> works, List<String> told) {
    static final Ended NOTHING = new Ended(List.of(), List.of());

    /** What is left to do of work that is on its way to its end, if there is such. */
    static Optional<Plan> underWay(Store store, Predicate<Ended> which) {
        return store.unfinished().stream()
                .filter(work -> work.isDecided() && which.test(new Ended(List.of(work), List.of())))
                .findFirst()
                .map(work -> new Plan(work.title(), work.steps()));
    }

    /** An endpoint that was being disconnected. */
    Optional<Endpoint> disconnected(Predicate<Endpoint> which) {
        return works.stream().flatMap(Work.Unfinished::leaving).filter(which).findFirst();
    }

    /** A network that was being removed. */
    Optional<Network> removed(String name) {
        return amendments()
                .flatMap(amendment -> amendment instanceof Amendment.Drop drop && drop.kind() == Store.Kind.NETWORK
                        ? drop.was().stream()
                        : Stream.empty())
                .map(Network::ofRecord)
                .filter(network -> network.name().equals(name))
                .findFirst();
    }

    /** Whether a port was being taken off an endpoint. */
    boolean unpublished(Endpoint endpoint, PublishedPort port) {
        return amendments().anyMatch(new Amendment.DropPort(endpoint.id(), port)::equals);
    }

    /** Whether a work of this title came to the end that was meant. */
    boolean has(String title) {
        return works.stream().anyMatch(work -> work.isDecided() && work.title().equals(title));
    }

    private Stream<Amendment> amendments() {
        return works.stream().filter(Work.Unfinished::isDecided).flatMap(work -> work.amendments().stream());
    }
}
