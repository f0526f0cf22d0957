package dev.lasthop.lab;

import dev.lasthop.wiring.step.Step;
import java.util.List;

/**
 * A part of a network's building that makes sense by itself.
 *
 * @param topic which part
 * @param title what is done, in a few words
 * @param text why, in a sentence or two
 */
public record Chapter(Topic topic, String title, String text, List<Step> steps) {
    /** The parts, in the order in which a network is built. */
    public enum Topic {
        /** The namespaces, with nothing in them but {@code lo}. */
        NAMESPACES,
        /** The node's interface to the outside, and the outside. */
        OUTSIDE,
        /** The containers' interfaces. */
        WIRE,
        /** Addresses and routes in the containers. */
        INSIDE,
        /** The bridge, or what stands in for it. */
        BRIDGE,
        /** Firewall and NAT on the node, or routes outside. */
        NAT,
        /** Making the node a router. */
        FORWARDING
    }

    public Chapter {
        steps = List.copyOf(steps);
    }

    /** What a person would type for it. */
    public List<String> commands() {
        return steps.stream().flatMap(step -> step.commands().stream()).toList();
    }
}
