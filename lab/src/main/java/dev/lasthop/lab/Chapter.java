package dev.lasthop.lab;

import dev.lasthop.address.Family;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.Optional;

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
        /** Kernel parameters that the machine may have passed on, set to known values. */
        KNOWN_VALUES,
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

    /** The same without what serves the other family alone. */
    public List<String> commands(Family family) {
        return steps.stream()
                .filter(step -> family(step).map(family::equals).orElse(true))
                .flatMap(step -> step.commands().stream())
                .toList();
    }

    /** The family that a step is for; empty if it is for both, or neither. */
    private static Optional<Family> family(Step step) {
        return switch (step) {
            case AddressStep address -> Optional.of(address.address().family());
            case RouteStep route -> Optional.of(route.route().family());
            case NeighborStep neighbor -> Optional.of(neighbor.address().family());
            case SysctlStep sysctl when sysctl.key().startsWith("net.ipv4.") -> Optional.of(Family.IPV4);
            case SysctlStep sysctl when sysctl.key().startsWith("net.ipv6.") -> Optional.of(Family.IPV6);
            case FirewallStep firewall -> NodeFirewall.family(firewall);
            default -> Optional.empty();
        };
    }
}
