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
 * @param sourcePort of TCP; empty for any
 */
public record Question(Place source, IpAddress address, OptionalInt port, OptionalInt size, OptionalInt sourcePort) {
    private static final int LARGE = 1500;
    private static final int NOBODY = 76; // so many addresses after the outside's own

    /** A ping of the usual size, or a call from any port. */
    public static Question of(Place source, IpAddress address, OptionalInt port) {
        return new Question(source, address, port, OptionalInt.empty(), OptionalInt.empty());
    }

    /** What shows a fault. */
    public static Question of(Scene scene, Injection injection) {
        return of(scene, injection.ask(), injection.family());
    }

    /** @throws IllegalArgumentException if this network has not what is asked for */
    public static Question of(Scene scene, Ask ask, Family family) {
        return switch (ask) {
            case CONTAINER_PINGS_WORLD -> ping(scene, scene.world(family));
            case CONTAINER_PINGS_WORLD_LARGE -> ping(scene, scene.world(family)).ofSize(LARGE);
            case CONTAINER_PINGS_GATEWAY -> ping(scene, scene.gateway(family).address());
            case CONTAINER_PINGS_SECOND -> ping(scene, second(scene, family));
            case CONTAINER_PINGS_NODE -> ping(scene, scene.nodeAddress(family).address());
            case CONTAINER_PINGS_NOBODY ->
                ping(scene, scene.outsideAddress(family).address().plus(NOBODY));
            case CONTAINER_CALLS_WORLD ->
                of(scene.container(), scene.world(family), OptionalInt.of(scene.servicePort()));
            case OUTSIDE_CALLS_PUBLISHED -> published(scene, family);
            case OUTSIDE_CALLS_PUBLISHED_AGAIN -> published(scene, family).from(scene.callingPort());
        };
    }

    private static Question ping(Scene scene, IpAddress address) {
        return of(scene.container(), address, OptionalInt.empty());
    }

    private static Question published(Scene scene, Family family) {
        return of(scene.outside(), scene.nodeAddress(family).address(), OptionalInt.of(scene.publishedPort()));
    }

    private Question ofSize(int bytes) {
        return new Question(source, address, port, OptionalInt.of(bytes), sourcePort);
    }

    private Question from(int callingPort) {
        return new Question(source, address, port, size, OptionalInt.of(callingPort));
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
        if (sourcePort.isPresent()) {
            words.addAll(List.of("--source-port", Integer.toString(sourcePort.getAsInt())));
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
