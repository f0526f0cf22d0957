package dev.lasthop.lab;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.NamespaceStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps that networks are put together from. */
final class Wires {
    private Wires() {}

    /** The namespaces, {@code lo} up. */
    static List<Step> namespaces(Cast cast) {
        var steps = new ArrayList<Step>();
        for (String name : cast.namespaces()) {
            steps.add(new NamespaceStep.Create(name));
            steps.add(LinkStep.up(Place.named(name), "lo"));
        }
        return steps;
    }

    /** New namespaces take over some of the machine's own values. */
    static List<Step> knownValues(Cast cast) {
        var steps = new ArrayList<Step>();
        for (String name : cast.namespaces()) {
            Place place = Place.named(name);
            // an address is usable at once: nobody else is there who could have it
            steps.add(new SysctlStep(place, "net.ipv6.conf.default.accept_dad", "0"));
        }
        Place node = cast.node();
        steps.add(new SysctlStep(node, "net.ipv4.ip_forward", "0"));
        steps.add(new SysctlStep(node, "net.ipv4.conf.all.rp_filter", "0"));
        steps.add(new SysctlStep(node, "net.ipv4.conf.default.rp_filter", "0"));
        return steps;
    }

    /** The wire from the node to the outside, the world's address behind it, the node's way there. */
    static List<Step> outside(Cast cast) {
        var steps = new ArrayList<Step>();
        steps.addAll(veth(cast.node(), Cast.UPLINK, cast.outside(), Cast.OUTSIDE_LINK));
        if (cast.network() == LabNetwork.MACVLAN_BRIDGE) {
            steps.add(new LinkStep.Create(cast.node(), Cast.BRIDGE, new LinkStep.Bridge()));
            steps.add(LinkStep.up(cast.node(), Cast.BRIDGE));
            steps.add(new LinkStep.Master(cast.node(), Cast.UPLINK, Optional.of(Cast.BRIDGE)));
        }
        steps.addAll(addresses(cast.node(), cast.nodeLink(), Cast.NODE));
        steps.addAll(addresses(cast.outside(), Cast.OUTSIDE_LINK, Cast.OUTSIDE));
        steps.addAll(addresses(cast.outside(), "lo", Cast.WORLD));
        steps.addAll(defaultRoutes(cast.node(), Cast.OUTSIDE, cast.nodeLink()));
        return steps;
    }

    /** A veth pair, both ends up. */
    static List<Step> veth(Place place, String end, Place peerPlace, String peerEnd) {
        return List.of(
                new LinkStep.CreateVeth(new LinkStep.End(place, end), new LinkStep.End(peerPlace, peerEnd)),
                LinkStep.up(place, end),
                LinkStep.up(peerPlace, peerEnd));
    }

    static List<Step> addresses(Place place, String link, Dual addresses) {
        return List.of(
                new AddressStep.Add(place, link, addresses.ipv4(), false),
                new AddressStep.Add(place, link, addresses.ipv6(), true));
    }

    static List<Step> defaultRoutes(Place place, Dual gateway, String link) {
        var steps = new ArrayList<Step>();
        for (Family family : Family.values()) {
            steps.add(new RouteStep.Add(
                    place,
                    RouteTo.everywhere(family).via(gateway.address(family)).on(link)));
        }
        return steps;
    }

    /** Addresses and default routes in a container on a bridge. */
    static List<Step> inside(Place container, Dual address, Dual gateway) {
        var steps = new ArrayList<>(addresses(container, Cast.CONTAINER_LINK, address));
        steps.addAll(defaultRoutes(container, gateway, Cast.CONTAINER_LINK));
        return steps;
    }

    /** A bridge with its address, up, and its ports. */
    static List<Step> bridge(Place node, String bridge, Dual address, String... ports) {
        var steps = new ArrayList<Step>();
        steps.add(new LinkStep.Create(node, bridge, new LinkStep.Bridge()));
        steps.addAll(addresses(node, bridge, address));
        steps.add(LinkStep.up(node, bridge));
        for (String port : ports) {
            steps.add(new LinkStep.Master(node, port, Optional.of(bridge)));
        }
        return steps;
    }

    /** A macvlan child of the node's interface, moved into a container, up, with its address and routes. */
    static List<Step> macvlan(Cast cast, Place container, String bornAs) {
        LinkStep.Kind kind = new LinkStep.Macvlan(cast.nodeLink(), LinkStep.MacvlanMode.BRIDGE);
        return List.of(
                new LinkStep.Create(cast.node(), bornAs, kind),
                new LinkStep.Move(cast.node(), bornAs, container, Cast.CONTAINER_LINK),
                LinkStep.up(container, Cast.CONTAINER_LINK));
    }

    /** The node becomes a router. */
    static List<Step> forwarding(Place node) {
        return List.of(
                new SysctlStep(node, "net.ipv4.ip_forward", "1"),
                new SysctlStep(node, "net.ipv6.conf.all.forwarding", "1"));
    }

    static Step route(Place place, Prefix to, Dual gateway, String link) {
        return new RouteStep.Add(
                place, RouteTo.prefix(to).via(gateway.address(to.family())).on(link));
    }

    static Step routeOn(Place place, Prefix to, String link) {
        return new RouteStep.Add(place, RouteTo.prefix(to).on(link));
    }
}
