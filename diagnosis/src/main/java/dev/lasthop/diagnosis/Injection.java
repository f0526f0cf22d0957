package dev.lasthop.diagnosis;

import dev.lasthop.address.Family;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How the lab makes a fault happen, and what a diagnosis must then say.
 *
 * @param network the lab's network that it is made in
 * @param family which family is broken and asked for
 * @param ask the flow that shows it
 * @param steps the changes that break it
 * @param verdict what must be found
 * @param side what must be found; empty where the contract leaves it open
 * @param lastHop what must be found, as "role link direction": {@code node docker0 in}; empty where it depends
 */
public record Injection(
        String network,
        Family family,
        Ask ask,
        Function<Scene, List<Step>> steps,
        Verdict verdict,
        Optional<Side> side,
        Function<Scene, Optional<String>> lastHop,
        boolean mendable) {

    /** Who calls whom. */
    public enum Ask {
        /** The container pings the world. */
        CONTAINER_PINGS_WORLD,
        /** The container pings its gateway. */
        CONTAINER_PINGS_GATEWAY,
        /** The container pings its sibling. */
        CONTAINER_PINGS_SECOND,
        /** The container pings the node's uplink address. */
        CONTAINER_PINGS_NODE,
        /** The container pings the world with packets of 1500 bytes. */
        CONTAINER_PINGS_WORLD_LARGE,
        /** The container connects to the service outside. */
        CONTAINER_CALLS_WORLD,
        /** The outside connects to the published port. */
        OUTSIDE_CALLS_PUBLISHED,
        /** The outside connects to the published port from the port that it called from before. */
        OUTSIDE_CALLS_PUBLISHED_AGAIN,
        /** The container pings an address of the uplink's subnet that nobody has. */
        CONTAINER_PINGS_NOBODY
    }

    public static Injection of(String network, Ask ask, Verdict verdict, Side side, Function<Scene, List<Step>> steps) {
        return new Injection(
                network, Family.IPV4, ask, steps, verdict, Optional.of(side), scene -> Optional.empty(), true);
    }

    /** One for each family, made by {@code make} for that family. */
    public static List<Injection> inEach(Function<Family, Injection> make) {
        return Stream.of(Family.values())
                .map(family -> make.apply(family).in(family))
                .toList();
    }

    /** These, and after them the same in other networks of the lab. */
    public static List<Injection> across(List<Injection> injections, String... networks) {
        return Stream.concat(
                        injections.stream(),
                        Stream.of(networks)
                                .flatMap(other -> injections.stream().map(injection -> injection.made(other))))
                .toList();
    }

    /** The same in another network of the lab. */
    public Injection made(String other) {
        return new Injection(other, family, ask, steps, verdict, side, lastHop, mendable);
    }

    public Injection in(Family other) {
        return new Injection(network, other, ask, steps, verdict, side, lastHop, mendable);
    }

    /** The last hop that must be found: {@code namespace interface direction} of the scene's own names. */
    public Injection lastSeenAt(Function<Scene, String> hop) {
        return new Injection(
                network, family, ask, steps, verdict, side, scene -> Optional.of(hop.apply(scene)), mendable);
    }

    /** Where the contract leaves open which journey is said to have broken. */
    public Injection openSide() {
        return new Injection(network, family, ask, steps, verdict, Optional.empty(), lastHop, mendable);
    }

    /** For faults that a person has to mend. */
    public Injection notMendable() {
        return new Injection(network, family, ask, steps, verdict, side, lastHop, false);
    }
}
