package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.List;
import java.util.Optional;

/** What is behind a route look-up that led nowhere: no route, or something that took the routes away. */
final class Unroutable {
    private Unroutable() {}

    /** @param input where the packet came in; empty for the sender itself */
    static Obstacle explain(NamespaceState namespace, Optional<Place> input, Flow flow, FibResult result) {
        long inode = namespace.inode();
        String name = namespace.name();
        return switch (result) {
            case FibResult.RefusedByRoute refused ->
                new Obstacle.RouteRefuses(inode, name, input, refused.route(), refused.rule(), flow.destination());
            case FibResult.RefusedByRule refused -> new Obstacle.RuleRefuses(inode, name, input, refused.rule());
            case FibResult.None none
            when none.dead().isPresent() ->
                new Obstacle.DeadNextHops(inode, name, none.dead().get());
            case FibResult.None none -> missing(namespace, input, flow);
            case FibResult.Found found -> new Obstacle.NoRoute(inode, name, input, flow.destination(), flow.source());
        };
    }

    private static Obstacle missing(NamespaceState namespace, Optional<Place> input, Flow flow) {
        var none = new Obstacle.NoRoute(namespace.inode(), namespace.name(), input, flow.destination(), flow.source());
        if (input.isPresent()) {
            return lostLink(namespace, flow.family())
                    .<Obstacle>map(link -> new Obstacle.LinkDown(Place.of(namespace, link)))
                    .orElse(none);
        }
        Optional<Link> loopback =
                namespace.links().stream().filter(Link::isLoopback).findFirst();
        boolean own = flow.destination().isLoopback() || namespace.owns(flow.destination());
        if (own && loopback.filter(link -> !link.isUp()).isPresent()) {
            return new Obstacle.LoopbackDown(Place.of(namespace, loopback.get()));
        }
        List<Link> links =
                namespace.links().stream().filter(link -> !link.isLoopback()).toList();
        if (links.isEmpty()) {
            return new Obstacle.NoInterface(namespace.inode(), namespace.name());
        }
        return withLinks(namespace, flow, links).orElse(none);
    }

    /**
     * A router's interface that was in use and is set down: its routes are gone. It keeps its IPv4 addresses; its IPv6 addresses are gone
     * too, so there either its IPv4 ones tell that it was in use, or an address at its other end.
     */
    private static Optional<Link> lostLink(NamespaceState namespace, Family family) {
        return namespace.links().stream()
                .filter(link -> !link.isLoopback()
                        && !link.isUp()
                        && link.master().isNone()
                        && !link.kind().equals("bridge"))
                .filter(link -> !namespace.addresses(link.index(), Family.IPV4).isEmpty()
                        || family == Family.IPV6
                                && !namespace
                                        .addresses(link.index(), Family.IPV6)
                                        .isEmpty())
                .findFirst();
    }

    private static Optional<Obstacle> withLinks(NamespaceState namespace, Flow flow, List<Link> links) {
        Family family = flow.family();
        Optional<Link> down = links.stream()
                .filter(link -> !link.isUp())
                .filter(link -> lost(namespace, link, family, links))
                .findFirst();
        if (down.isPresent()) {
            return Optional.of(new Obstacle.LinkDown(Place.of(namespace, down.get())));
        }
        boolean addressed = links.stream().anyMatch(link -> hasAddress(namespace, link, family));
        return addressed ? Optional.empty() : Optional.of(noAddress(namespace, Optional.empty(), family));
    }

    /** Whether the routes of this link went with it: it keeps its IPv4 addresses, or was the only link. */
    private static boolean lost(NamespaceState namespace, Link link, Family family, List<Link> links) {
        boolean others = links.stream().anyMatch(other -> other.isUp() && hasAddress(namespace, other, family));
        return hasAddress(namespace, link, family) && !others || !others && links.size() == 1;
    }

    private static boolean hasAddress(NamespaceState namespace, Link link, Family family) {
        return namespace.addresses(link.index(), family).stream()
                .anyMatch(address -> family == Family.IPV4 || !address.address().isLinkLocal());
    }

    /** No source address: switched off, not usable yet, or none there. */
    static Obstacle noAddress(NamespaceState namespace, Optional<Link> out, Family family) {
        if (family == Family.IPV6) {
            Optional<Link> disabled = namespace.links().stream()
                    .filter(link -> !link.isLoopback() && link.isUp())
                    .filter(link -> out.isEmpty() || out.get().equals(link))
                    .filter(link -> namespace.sysctls().ipv6(link.name(), "disable_ipv6") != 0)
                    .findFirst();
            if (disabled.isPresent()) {
                return new Obstacle.Ipv6Disabled(Place.of(namespace, disabled.get()));
            }
            Optional<InterfaceAddress> unusable = namespace.addresses().stream()
                    .filter(address -> address.prefix().family() == family
                            && !address.address().isLinkLocal())
                    .filter(address -> !SourceChoice.isUsable(address))
                    .findFirst();
            if (unusable.isPresent()) {
                Link link = namespace.link(unusable.get().link()).orElseThrow();
                return new Obstacle.AddressNotUsable(Place.of(namespace, link), unusable.get());
            }
        }
        return new Obstacle.NoAddress(
                namespace.inode(), namespace.name(), family, out.map(link -> Place.of(namespace, link)));
    }
}
