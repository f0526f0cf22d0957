package dev.lasthop.lab;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Injection.Ask;
import dev.lasthop.diagnosis.Scene;
import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is asked in a lab: does this get there?
 *
 * @param port of TCP; empty for a ping
 * @param size of the IP packet in bytes, with DF set; empty for a small one
 */
public record Question(Place source, IpAddress address, OptionalInt port, OptionalInt size) {
    private static final int LARGE = 1500;
    private static final int NOBODY = 76; // so many addresses after the outside's own

    /** What shows a fault. */
    public static Question of(Scene scene, Injection injection) {
        return of(scene, injection.ask(), injection.family());
    }

    /** @throws IllegalArgumentException if this network has not what is asked for */
    public static Question of(Scene scene, Ask ask, Family family) {
        OptionalInt none = OptionalInt.empty();
        return switch (ask) {
            case CONTAINER_PINGS_WORLD -> new Question(scene.container(), scene.world(family), none, none);
            case CONTAINER_PINGS_WORLD_LARGE ->
                new Question(scene.container(), scene.world(family), none, OptionalInt.of(LARGE));
            case CONTAINER_PINGS_GATEWAY ->
                new Question(scene.container(), scene.gateway(family).address(), none, none);
            case CONTAINER_PINGS_SECOND -> new Question(scene.container(), second(scene, family), none, none);
            case CONTAINER_PINGS_NODE ->
                new Question(scene.container(), scene.nodeAddress(family).address(), none, none);
            case CONTAINER_PINGS_NOBODY ->
                new Question(
                        scene.container(),
                        scene.outsideAddress(family).address().plus(NOBODY),
                        none,
                        none);
            case CONTAINER_CALLS_WORLD ->
                new Question(scene.container(), scene.world(family), OptionalInt.of(scene.servicePort()), none);
            case OUTSIDE_CALLS_PUBLISHED ->
                new Question(
                        scene.outside(),
                        scene.nodeAddress(family).address(),
                        OptionalInt.of(scene.publishedPort()),
                        none);
        };
    }

    /** The destination as the command line takes it. */
    public String destination() {
        if (port.isEmpty()) {
            return address.toString();
        }
        return (address.family() == Family.IPV6 ? "[" + address + "]" : address) + ":" + port.getAsInt();
    }

    /** Source, destination and options as the command line takes them. */
    public List<String> arguments() {
        var words = new ArrayList<>(List.of(source.label(), destination()));
        if (size.isPresent()) {
            words.addAll(List.of("--size", Integer.toString(size.getAsInt())));
        }
        return words;
    }

    private static IpAddress second(Scene scene, Family family) {
        return scene.secondAddress(family)
                .orElseThrow(() ->
                        new IllegalArgumentException("the network " + scene.network() + " has no second container"))
                .address();
    }
}
