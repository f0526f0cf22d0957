package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Neighbor;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What can be told of an interface's network from the other end of its veth pair: the bridge (or the host end) with its address is the
 * gateway, its prefix is the subnet, the other addresses in it are taken. For remedies that have to give back what was lost.
 */
record Surroundings(Place link, Place router, Prefix gateway) {
    private static final int MOST_TRIED = 4096;

    /** What routed containers send by way of: an address that nobody has, and that a proxy answers for. */
    private static final IpAddress ANY_GATEWAY = IpAddress.parse("169.254.1.1");

    /** Empty where the other end cannot be seen or has no address of the family. */
    static Optional<Surroundings> of(Dossier dossier, Place link, Family family) {
        Snapshot snapshot = dossier.before();
        return snapshot.namespace(link.namespace())
                .flatMap(state -> state.link(link.link()).flatMap(near -> snapshot.lower(state, near)))
                .flatMap(peer -> {
                    NamespaceState host = peer.namespace();
                    Link router = host.link(peer.link().master()).orElse(peer.link());
                    Place place = Place.of(host, router);
                    Optional<Prefix> gateway = peer.link().kind().equals("veth")
                            ? addressed(host, router, family).or(() -> routed(host, router, family))
                            : beyond(host, router, family);
                    return gateway.map(prefix -> new Surroundings(link, place, prefix));
                });
    }

    private static Optional<Prefix> addressed(NamespaceState host, Link router, Family family) {
        return host.addresses(router.index(), family).stream()
                .map(InterfaceAddress::prefix)
                .filter(prefix -> !prefix.address().isLinkLocal())
                .findFirst();
    }

    /** A wire without a subnet: the host answers for whatever it is asked for, or has a link-local address. */
    private static Optional<Prefix> routed(NamespaceState host, Link end, Family family) {
        boolean routes = singles(host, end, family).findAny().isPresent();
        if (!routes || !end.master().isNone()) {
            return Optional.empty();
        }
        if (family == Family.IPV4) {
            return host.sysctls().ipv4(end.name(), "proxy_arp") == 0
                    ? Optional.empty()
                    : Optional.of(Prefix.of(ANY_GATEWAY));
        }
        return host.addresses(end.index(), family).stream()
                .map(InterfaceAddress::address)
                .filter(IpAddress::isLinkLocal)
                .findFirst()
                .map(Prefix::of);
    }

    /** The single addresses that are routed to an end. */
    private static Stream<IpAddress> singles(NamespaceState host, Link end, Family family) {
        return host.routes().stream()
                .filter(route -> route.family() == family
                        && route.table() == Route.TABLE_MAIN
                        && route.destination().isSingle())
                .filter(route ->
                        route.nextHops().stream().anyMatch(hop -> hop.link().equals(end.index())))
                .map(route -> route.destination().address());
    }

    /** A macvlan child is beside its parent's host: its gateway is that host's. */
    private static Optional<Prefix> beyond(NamespaceState host, Link parent, Family family) {
        return host.routes().stream()
                .filter(route -> route.family() == family
                        && route.table() == Route.TABLE_MAIN
                        && route.destination().length() == 0)
                .flatMap(route -> route.nextHops().stream())
                .filter(hop -> hop.link().equals(parent.index()))
                .flatMap(hop -> hop.gateway().stream())
                .flatMap(gateway -> host.addresses(parent.index(), family).stream()
                        .map(InterfaceAddress::prefix)
                        .filter(prefix -> prefix.contains(gateway))
                        .map(prefix -> new Prefix(gateway, prefix.length())))
                .findFirst();
    }

    /** The first interface of a namespace that leads to another namespace. */
    static Optional<Place> firstLink(Dossier dossier, long namespace) {
        return dossier.namespace(namespace)
                .flatMap(state -> state.links().stream()
                        .filter(link -> !link.isLoopback() && link.isUp())
                        .findFirst()
                        .map(link -> Place.of(state, link)));
    }

    /** An address of the subnet that nobody who can be seen has. */
    Optional<Prefix> freeAddress(Dossier dossier) {
        Set<IpAddress> taken = new HashSet<>();
        for (NamespaceState state : dossier.before().namespaces()) {
            state.addresses().forEach(address -> taken.add(address.address()));
            state.neighbors().forEach(neighbor -> taken.add(neighbor.address()));
        }
        IpAddress last = gateway.last();
        return Stream.iterate(gateway.first().plus(2), address -> address.plus(1))
                .limit(MOST_TRIED)
                .takeWhile(address -> address.compareTo(last) < 0)
                .filter(address -> !taken.contains(address))
                .findFirst()
                .map(address -> new Prefix(address, gateway.length()));
    }

    /** The address that the router sends by way of, or still knows behind this interface's MAC; else a free one. */
    private Optional<Prefix> lostAddress(Dossier dossier) {
        Optional<IpAddress> used = dossier.namespace(router.namespace()).stream()
                .flatMap(state -> state.routes().stream())
                .flatMap(route -> route.nextHops().stream())
                .filter(hop -> hop.link().equals(router.link()))
                .flatMap(hop -> hop.gateway().stream())
                .filter(address -> gateway.contains(address) && !isOwned(dossier, address))
                .findFirst();
        return used.or(() -> asked(dossier))
                .map(address -> new Prefix(address, gateway.length()))
                .or(() -> gateway.isSingle() ? single(dossier) : known(dossier));
    }

    /** The address that was called, where the one who is called lost it. */
    private Optional<IpAddress> asked(Dossier dossier) {
        return Optional.of(dossier.asked().address())
                .filter(address ->
                        link.namespace() != dossier.prediction().question().source()
                                && !gateway.isSingle()
                                && gateway.contains(address)
                                && !isOwned(dossier, address));
    }

    private Optional<Prefix> single(Dossier dossier) {
        return dossier.namespace(router.namespace()).stream()
                .flatMap(state ->
                        state.link(router.link()).stream().flatMap(end -> singles(state, end, gateway.family())))
                .filter(address -> !address.isLinkLocal() && !isOwned(dossier, address))
                .findFirst()
                .map(Prefix::of);
    }

    private Optional<Prefix> known(Dossier dossier) {
        Optional<MacAddress> mac = dossier.namespace(link.namespace())
                .flatMap(state -> state.link(link.link()))
                .flatMap(Link::mac);
        return dossier.namespace(router.namespace()).stream()
                .flatMap(state -> state.neighbors().stream())
                .filter(known -> known.link().equals(router.link()) && !known.proxy() && mac.equals(known.mac()))
                .map(Neighbor::address)
                .filter(address -> gateway.contains(address) && !isOwned(dossier, address))
                .findFirst()
                .map(address -> new Prefix(address, gateway.length()))
                .or(() -> freeAddress(dossier));
    }

    /** Whether somebody on this segment has the address; elsewhere it may well be somebody else's. */
    private boolean isOwned(Dossier dossier, IpAddress address) {
        return dossier.before().namespaces().stream()
                .anyMatch(state -> state.addresses().stream()
                        .filter(own -> own.address().equals(address))
                        .anyMatch(own -> state.inode() == link.namespace()
                                || state.inode() == router.namespace()
                                || state.link(own.link())
                                        .flatMap(at -> dossier.before().lower(state, at))
                                        .filter(this::isHere)
                                        .isPresent()));
    }

    private boolean isHere(Snapshot.Place end) {
        return end.namespace().inode() == router.namespace()
                && (end.link().index().equals(router.link())
                        || end.link().master().equals(router.link()));
    }

    private Step defaultRoute() {
        return new RouteStep.Replace(Where.of(link), route());
    }

    private RouteTo route() {
        RouteTo to = RouteTo.everywhere(gateway.family()).via(gateway.address()).on(link.linkName());
        return gateway.isSingle() && gateway.family() == Family.IPV4 ? to.onLink() : to;
    }

    private boolean hasDefaultRoute(Dossier dossier) {
        return dossier.namespace(link.namespace()).stream()
                .flatMap(state -> state.routes().stream())
                .anyMatch(route -> route.family() == gateway.family()
                        && route.destination().length() == 0
                        && !route.nextHops().isEmpty());
    }

    /** Gives an interface without an address one of its network, and the default route if it has none. */
    static Remedy address(Dossier dossier, Obstacle.NoAddress none) {
        Optional<Surroundings> around = none.link()
                .or(() -> firstLink(dossier, none.namespace()))
                .flatMap(link -> of(dossier, link, none.family()));
        List<Step> steps = around.map(found -> found.addressSteps(dossier)).orElse(List.of());
        return steps.isEmpty()
                ? Remedy.advice("give it an address of its network: ip address add ADDRESS/LENGTH dev INTERFACE")
                : Remedy.of("give it an address of its network, and a default route", "interface", steps);
    }

    private List<Step> addressSteps(Dossier dossier) {
        var steps = new ArrayList<Step>();
        lostAddress(dossier)
                .ifPresent(lost -> steps.add(new AddressStep.Add(Where.of(link), link.linkName(), lost, true)));
        if (!steps.isEmpty() && !hasDefaultRoute(dossier)) {
            steps.add(defaultRoute());
        }
        return steps;
    }

    /** Gives a namespace the default route through the router of its network. */
    static Remedy route(Dossier dossier, Obstacle.NoRoute none) {
        Optional<Surroundings> around = dossier.namespace(none.namespace()).stream()
                .flatMap(state -> state.links().stream()
                        .filter(link -> !link.isLoopback()
                                && link.isUp()
                                && link.master().isNone())
                        .map(link -> Place.of(state, link)))
                .flatMap(link -> of(dossier, link, none.destination().family()).stream())
                .min(Comparator.comparingInt(found -> found.distance(dossier, none.destination())));
        return around.map(found -> found.routes(dossier, none.destination()))
                .orElseGet(() ->
                        Remedy.advice("add a route: ip route add default via GATEWAY, with a gateway of its network"));
    }

    /** A gateway is reached by the route to the subnet that it is in; the subnet's own addresses need no more than that. */
    private Remedy routes(Dossier dossier, IpAddress destination) {
        var place = Where.of(link);
        var subnet = RouteTo.prefix(gateway).on(link.linkName());
        if (gateway.isSingle() || !isIn(dossier) || reachesGateway(dossier)) {
            return Remedy.of("send by way of " + gateway.address(), "namespace", defaultRoute())
                    .undoneBy(new RouteStep.Delete(place, route()));
        }
        String back = "put the route to " + gateway.network() + " back";
        return gateway.contains(destination)
                ? Remedy.of(back, "namespace", new RouteStep.Add(place, subnet))
                        .undoneBy(new RouteStep.Delete(place, subnet))
                : Remedy.of(
                                back + ", and send by way of " + gateway.address(),
                                "namespace",
                                new RouteStep.Add(place, subnet),
                                defaultRoute())
                        .undoneBy(new RouteStep.Delete(place, route()), new RouteStep.Delete(place, subnet));
    }

    private boolean isIn(Dossier dossier) {
        return dossier.namespace(link.namespace()).stream()
                .flatMap(state -> state.addresses(link.link(), gateway.family()).stream())
                .anyMatch(own -> gateway.contains(own.address()));
    }

    private boolean reachesGateway(Dossier dossier) {
        return dossier.namespace(link.namespace()).stream()
                .flatMap(state -> state.routes().stream())
                .anyMatch(known -> known.destination().contains(gateway.address())
                        && known.table() != Route.TABLE_LOCAL
                        && known.nextHops().stream()
                                .anyMatch(hop ->
                                        hop.gateway().isEmpty() && hop.link().equals(link.link())));
    }

    /** 0 if the router has the destination itself, 1 if it has a route there, 2 if it is on a bridge (and so a router), 3 otherwise. */
    private int distance(Dossier dossier, IpAddress destination) {
        Optional<NamespaceState> state = dossier.namespace(router.namespace());
        if (state.filter(host -> host.owns(destination)).isPresent()) {
            return 0;
        }
        boolean routes = state.stream()
                .flatMap(host -> host.routes().stream())
                .anyMatch(route -> route.table() == Route.TABLE_MAIN
                        && route.destination().contains(destination)
                        && route.nextHops().stream().noneMatch(hop -> hop.link().equals(router.link())));
        return routes ? 1 : router.kind().equals("bridge") ? 2 : 3;
    }

    /** What went with an interface that was set down: the default route through it, and its IPv6 addresses. */
    static List<Step> lost(Dossier dossier, Place link, Family family) {
        return of(dossier, link, family)
                .filter(found -> found.leadsOn(dossier))
                .map(found -> {
                    if (family == Family.IPV6 && isBare(dossier, link)) {
                        return found.addressSteps(dossier);
                    }
                    return found.hasDefaultRoute(dossier) ? List.<Step>of() : List.of(found.defaultRoute());
                })
                .orElse(List.of());
    }

    /** Whether the other end is on the way to anywhere: a bridge, a router, or whoever is called. */
    private boolean leadsOn(Dossier dossier) {
        return router.kind().equals("bridge")
                || dossier.namespace(router.namespace())
                        .filter(state -> state.owns(dossier.asked().address())
                                || state.link(router.link())
                                        .filter(found -> state.forwards(gateway.family(), found))
                                        .isPresent())
                        .isPresent();
    }

    private static boolean isBare(Dossier dossier, Place link) {
        return dossier.namespace(link.namespace()).stream()
                .flatMap(state -> state.addresses(link.link(), Family.IPV6).stream())
                .allMatch(address -> address.address().isLinkLocal());
    }

    /**
     * Switches IPv6 on again, and puts back what the switch took away.
     *
     * @param lost what is known to have been there; if empty, what the other end tells
     */
    static Remedy ipv6(Dossier dossier, Place place, String key, List<Step> lost) {
        var steps = new ArrayList<Step>();
        steps.add(new SysctlStep(Where.of(place), key, "0"));
        steps.addAll(lost);
        if (lost.isEmpty() && isBare(dossier, place) && !place.linkName().equals("lo")) {
            of(dossier, place, Family.IPV6).ifPresent(found -> steps.addAll(found.addressSteps(dossier)));
        }
        return Remedy.of(
                        "switch IPv6 on again, and put back the address and route that it took away",
                        "interface",
                        steps)
                .persistently("put '" + key + " = 0' into /etc/sysctl.d/");
    }
}
