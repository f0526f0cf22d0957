package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.MacAddress;
import dev.lasthop.diagnosis.Scene;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.Neighbor;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a lab's container remembers of its gateway decides how a broken network looks: whether packets are still sent to where the gateway
 * was, or nobody answers when it is asked for. So that an injection always looks the same, it says which.
 */
final class NeighborMemory {
    private NeighborMemory() {}

    /** These steps, after which the container has to ask for its neighbours. */
    static List<Step> lost(Scene scene, Step... steps) {
        var all = new ArrayList<>(List.of(steps));
        all.addAll(forget(scene, scene.container()));
        return all;
    }

    /**
     * These steps, after which the node has to ask for its containers, too. A bridge that loses a port may forget them by itself or not:
     * by whether it loses its carrier or its MAC with it.
     */
    static List<Step> lostAtNode(Scene scene, Step... steps) {
        List<Step> all = forget(scene, scene.node());
        all.addAll(lost(scene, steps));
        return all;
    }

    /** These steps, through which the container knows its gateway's MAC. */
    static List<Step> kept(Scene scene, Family family, Step... steps) {
        MacAddress mac = scene.now(scene.node()).links().stream()
                .filter(link -> link.name().equals(scene.bridge()))
                .flatMap(link -> link.mac().stream())
                .findFirst()
                .orElseThrow();
        var all = new ArrayList<Step>();
        all.add(new NeighborStep.Add(
                scene.container(), scene.containerLink(), scene.gateway(family).address(), mac));
        all.addAll(List.of(steps));
        return all;
    }

    private static List<Step> forget(Scene scene, Place place) {
        var now = scene.now(place);
        return now.neighbors().stream()
                .filter(neighbor -> !neighbor.proxy() && !neighbor.address().isMulticast())
                .filter(neighbor -> (neighbor.state() & (Neighbor.PERMANENT | Neighbor.NO_ARP)) == 0)
                .<Step>flatMap(neighbor -> now.link(neighbor.link()).map(Link::name).stream()
                        .map(link -> new NeighborStep.Delete(place, link, neighbor.address())))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
