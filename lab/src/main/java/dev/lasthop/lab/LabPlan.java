package dev.lasthop.lab;

import dev.lasthop.lab.Chapter.Topic;
import dev.lasthop.wiring.step.NamespaceStep;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;

/**
 * A network as a value: everything that is done to build it, chapter by chapter, and who plays which part. Nothing is touched until
 * {@link Labs#up} carries it out.
 */
public record LabPlan(LabScene scene, List<Chapter> chapters) {
    public LabPlan {
        chapters = List.copyOf(chapters);
    }

    /**
     * The plan of a network.
     *
     * @param name begins the names of its namespaces: {@code NAME-container}, {@code NAME-node}, {@code NAME-outside}
     * @throws IllegalArgumentException if that is no name for a lab
     */
    public static LabPlan of(LabNetwork network, String name) {
        var cast = new Cast(name, network);
        var chapters = new ArrayList<Chapter>();
        chapters.add(new Chapter(
                Topic.NAMESPACES,
                "Namespaces for the container, its node and the outside",
                "A container has a network namespace of its own. A new one holds the interface lo and nothing else.",
                Wires.namespaces(cast)));
        chapters.add(new Chapter(
                Topic.KNOWN_VALUES,
                "Kernel parameters",
                "New namespaces take over some of the machine's values; here they are set to known ones.",
                Wires.knownValues(cast)));
        chapters.add(new Chapter(
                Topic.OUTSIDE,
                "The node's way out",
                "A veth pair stands for the node's network card and the wire behind it. %s is somewhere in the world."
                        .formatted(Cast.WORLD.ipv4().address()),
                Wires.outside(cast)));
        chapters.addAll(
                switch (network) {
                    case BRIDGE, PUBLISHED -> onBridge(cast);
                    case SIBLINGS -> siblings(cast);
                    case TWO_BRIDGES -> twoBridges(cast);
                    case TWO_NETWORKS -> twoNetworks(cast);
                    case ROUTED -> routed(cast);
                    case MACVLAN, MACVLAN_BRIDGE -> macvlan(cast);
                });
        return new LabPlan(new LabScene(cast), chapters);
    }

    /** Everything that is done, in order. */
    public List<Step> steps() {
        return chapters.stream().flatMap(chapter -> chapter.steps().stream()).toList();
    }

    /** What takes it all back: links, routes, rules and addresses go with their namespaces. */
    public List<Step> removal() {
        return scene.namespaces().stream()
                .<Step>map(NamespaceStep.Delete::new)
                .toList()
                .reversed();
    }

    private static List<Chapter> onBridge(Cast cast) {
        var nat = new ArrayList<>(NodeFirewall.steps(cast.node(), NodeFirewall.bridged(Cast.BRIDGE, Cast.GATEWAY)));
        if (cast.network() == LabNetwork.PUBLISHED) {
            nat.addAll(NodeFirewall.published(cast.node(), Cast.PUBLISHED_PORT, Cast.CONTAINER, Cast.SERVICE_PORT));
        }
        return List.of(
                wire(Wires.veth(cast.node(), Cast.HOST_END, cast.container(), Cast.CONTAINER_LINK)),
                inside(Wires.inside(cast.container(), Cast.CONTAINER, Cast.GATEWAY)),
                bridge(Wires.bridge(cast.node(), Cast.BRIDGE, Cast.GATEWAY, Cast.HOST_END)),
                nat(nat),
                forwarding(cast));
    }

    private static List<Chapter> siblings(Cast cast) {
        return List.of(
                wire(join(
                        Wires.veth(cast.node(), Cast.HOST_END, cast.container(), Cast.CONTAINER_LINK),
                        Wires.veth(cast.node(), Cast.SECOND_HOST_END, cast.second(), Cast.CONTAINER_LINK))),
                inside(join(
                        Wires.inside(cast.container(), Cast.CONTAINER, Cast.GATEWAY),
                        Wires.inside(cast.second(), Cast.SIBLING, Cast.GATEWAY))),
                bridge(Wires.bridge(cast.node(), Cast.BRIDGE, Cast.GATEWAY, Cast.HOST_END, Cast.SECOND_HOST_END)),
                nat(NodeFirewall.steps(cast.node(), NodeFirewall.bridged(Cast.BRIDGE, Cast.GATEWAY))),
                forwarding(cast));
    }

    private static List<Chapter> twoBridges(Cast cast) {
        return List.of(
                wire(join(
                        Wires.veth(cast.node(), Cast.HOST_END, cast.container(), Cast.CONTAINER_LINK),
                        Wires.veth(cast.node(), Cast.SECOND_HOST_END, cast.second(), Cast.CONTAINER_LINK))),
                inside(join(
                        Wires.inside(cast.container(), Cast.CONTAINER, Cast.GATEWAY),
                        Wires.inside(cast.second(), Cast.ON_SECOND, Cast.SECOND_GATEWAY))),
                bridge(join(
                        Wires.bridge(cast.node(), Cast.BRIDGE, Cast.GATEWAY, Cast.HOST_END),
                        Wires.bridge(cast.node(), Cast.SECOND_BRIDGE, Cast.SECOND_GATEWAY, Cast.SECOND_HOST_END))),
                nat(bothBridges(cast)),
                forwarding(cast));
    }

    private static List<Chapter> twoNetworks(Cast cast) {
        return List.of(
                wire(join(
                        Wires.veth(cast.node(), Cast.HOST_END, cast.container(), Cast.CONTAINER_LINK),
                        Wires.veth(cast.node(), Cast.OTHER_HOST_END, cast.container(), Cast.SECOND_LINK),
                        Wires.veth(cast.node(), Cast.SECOND_HOST_END, cast.second(), Cast.CONTAINER_LINK))),
                inside(join(
                        Wires.inside(cast.container(), Cast.CONTAINER, Cast.GATEWAY),
                        Wires.addresses(cast.container(), Cast.SECOND_LINK, Cast.ON_SECOND),
                        Wires.inside(cast.second(), Cast.OTHER_ON_SECOND, Cast.SECOND_GATEWAY))),
                bridge(join(
                        Wires.bridge(cast.node(), Cast.BRIDGE, Cast.GATEWAY, Cast.HOST_END),
                        Wires.bridge(
                                cast.node(),
                                Cast.SECOND_BRIDGE,
                                Cast.SECOND_GATEWAY,
                                Cast.OTHER_HOST_END,
                                Cast.SECOND_HOST_END))),
                nat(bothBridges(cast)),
                forwarding(cast));
    }

    private static List<Chapter> routed(Cast cast) {
        Place node = cast.node();
        Place container = cast.container();
        Dual address = cast.containerAddress();
        Dual gateway = cast.gateway();
        String end = Cast.HOST_END;
        var inside = new ArrayList<>(Wires.addresses(container, Cast.CONTAINER_LINK, address));
        inside.add(Wires.routeOn(container, gateway.ipv4(), Cast.CONTAINER_LINK)); // fe80::/64 is there by itself
        inside.addAll(Wires.defaultRoutes(container, gateway, Cast.CONTAINER_LINK));
        return List.of(
                wire(Wires.veth(node, end, container, Cast.CONTAINER_LINK)),
                inside(inside),
                new Chapter(
                        Topic.BRIDGE,
                        "A route to the container, and an answer for its gateway",
                        "There is no bridge: the node has a route to the container's address, and answers itself when the "
                                + "container asks for its gateway, an address that nobody has.",
                        List.of(
                                Wires.routeOn(node, address.ipv4(), end),
                                Wires.routeOn(node, address.ipv6(), end),
                                new SysctlStep(node, "net.ipv4.conf." + end + ".proxy_arp", "1"),
                                new SysctlStep(node, "net.ipv6.conf." + end + ".proxy_ndp", "1"),
                                // answered at once, not after up to 0.8 s
                                new SysctlStep(node, "net.ipv4.neigh." + end + ".proxy_delay", "0"),
                                new SysctlStep(node, "net.ipv6.neigh." + end + ".proxy_delay", "0"),
                                new NeighborStep.AddProxy(
                                        node, end, gateway.ipv6().address()))),
                new Chapter(
                        Topic.NAT,
                        "A route back, outside",
                        "Nothing is translated: the outside has a route to the container by way of the node.",
                        List.of(
                                Wires.route(cast.outside(), address.ipv4(), Cast.NODE, Cast.OUTSIDE_LINK),
                                Wires.route(cast.outside(), address.ipv6(), Cast.NODE, Cast.OUTSIDE_LINK))),
                forwarding(cast));
    }

    private static List<Chapter> macvlan(Cast cast) {
        return List.of(
                new Chapter(
                        Topic.WIRE,
                        "macvlan children of " + cast.nodeLink(),
                        "Each child has a MAC of its own on the node's wire, and is moved into its container. Children in mode "
                                + "bridge reach each other; none reaches the node itself.",
                        join(
                                Wires.macvlan(cast, cast.container(), "mv_container"),
                                Wires.macvlan(cast, cast.second(), "mv_second"))),
                inside(join(
                        Wires.inside(cast.container(), cast.containerAddress(), cast.gateway()),
                        Wires.inside(cast.second(), cast.secondAddress(), cast.gateway()))));
    }

    private static List<Step> bothBridges(Cast cast) {
        return NodeFirewall.steps(
                cast.node(),
                NodeFirewall.bridged(Cast.BRIDGE, Cast.GATEWAY),
                NodeFirewall.bridged(Cast.SECOND_BRIDGE, Cast.SECOND_GATEWAY));
    }

    private static Chapter wire(List<Step> steps) {
        return new Chapter(
                Topic.WIRE,
                "A veth pair from the container to its node",
                "What goes in at one end comes out at the other. One end is made in the container, under the name eth0.",
                steps);
    }

    private static Chapter inside(List<Step> steps) {
        return new Chapter(
                Topic.INSIDE,
                "Address and default route in the container",
                "Whatever is not on the container's own network is sent to its gateway.",
                steps);
    }

    private static Chapter bridge(List<Step> steps) {
        return new Chapter(
                Topic.BRIDGE,
                "The node's end becomes a port of a bridge",
                "The bridge joins the containers of a node like a switch. Its own address is their gateway.",
                steps);
    }

    private static Chapter nat(List<Step> steps) {
        return new Chapter(
                Topic.NAT,
                "Firewall and NAT on the node",
                "Forwarded packets are accepted. Those that leave for the outside get the node's address, because nobody out "
                        + "there knows the way to a container.",
                steps);
    }

    private static Chapter forwarding(Cast cast) {
        return new Chapter(
                Topic.FORWARDING,
                "The node becomes a router",
                "Only now does the kernel pass packets on from one interface to another.",
                Wires.forwarding(cast.node()));
    }

    @SafeVarargs
    private static List<Step> join(List<Step>... parts) {
        var all = new ArrayList<Step>();
        for (List<Step> part : parts) {
            all.addAll(part);
        }
        return all;
    }
}
