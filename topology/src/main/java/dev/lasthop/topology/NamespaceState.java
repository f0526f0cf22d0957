package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.route.LinkMessage;
import java.util.List;
import java.util.Optional;

/** All that matters of one network namespace at one moment. */
public record NamespaceState(
        long inode,
        String name,
        List<Link> links,
        List<InterfaceAddress> addresses,
        List<Route> routes,
        List<RoutingRule> rules,
        List<Neighbor> neighbors,
        List<FdbEntry> fdb,
        Sysctls sysctls,
        Firewall firewall,
        Conntrack conntrack,
        List<ListeningSocket> sockets,
        Counters counters,
        List<Recording.Gap> gaps) {
    public NamespaceState {
        links = List.copyOf(links);
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        rules = List.copyOf(rules);
        neighbors = List.copyOf(neighbors);
        fdb = List.copyOf(fdb);
        sockets = List.copyOf(sockets);
        gaps = List.copyOf(gaps);
    }

    /**
     * What a recording says.
     *
     * @throws dev.lasthop.netlink.MalformedMessageException if it is damaged
     */
    public static NamespaceState decode(Recording recording) {
        List<LinkMessage> links = RouteSource.links(recording);
        return new NamespaceState(
                recording.inode(),
                recording.name(),
                LinkSource.links(recording, links),
                RouteSource.addresses(recording),
                RoutingSource.routes(recording),
                RoutingSource.rules(recording),
                RouteSource.neighbors(recording),
                RouteSource.fdb(recording),
                SysctlSource.decode(recording, links),
                FirewallSource.read(recording),
                ConntrackSource.read(recording),
                SocketSource.read(recording),
                CounterSource.decode(recording),
                recording.gaps());
    }

    public Optional<Link> link(IfIndex index) {
        return links.stream().filter(link -> link.index().equals(index)).findFirst();
    }

    public Optional<Link> link(String linkName) {
        return links.stream().filter(link -> link.name().equals(linkName)).findFirst();
    }

    /** The ports of a bridge, the children of a bond or VRF. */
    public List<Link> ports(Link master) {
        return links.stream()
                .filter(link -> link.master().equals(master.index()))
                .toList();
    }

    public List<InterfaceAddress> addresses(IfIndex link, Family family) {
        return addresses.stream()
                .filter(address ->
                        address.link().equals(link) && address.prefix().family() == family)
                .toList();
    }

    /** Whether the address is one of this namespace's own, on any interface. */
    public boolean owns(IpAddress address) {
        return addresses.stream().anyMatch(own -> own.address().equals(address));
    }

    /** Whether packets of the family that enter by this interface are sent on. */
    public boolean forwards(Family family, Link link) {
        return family == Family.IPV4
                ? sysctls.ipv4(link.name(), "forwarding") != 0
                : sysctls.ipv6("all", "forwarding") != 0
                        || sysctls.ipv6(link.name(), "force_forwarding") != 0; // since 6.17
    }

    /** The same with other settings. */
    public NamespaceState withSysctls(Sysctls others) {
        return with(others, neighbors, firewall, conntrack);
    }

    /** The same with another neighbour table: what would be if some entry were not there. */
    public NamespaceState withNeighbors(List<Neighbor> others) {
        return with(sysctls, others, firewall, conntrack);
    }

    /** The same with another packet filter. */
    public NamespaceState withFirewall(Firewall other) {
        return with(sysctls, neighbors, other, conntrack);
    }

    /** The same with other tracked connections. */
    public NamespaceState withConntrack(Conntrack other) {
        return with(sysctls, neighbors, firewall, other);
    }

    private NamespaceState with(
            Sysctls newSysctls, List<Neighbor> newNeighbors, Firewall newFirewall, Conntrack newConntrack) {
        return new NamespaceState(
                inode,
                name,
                links,
                addresses,
                routes,
                rules,
                newNeighbors,
                fdb,
                newSysctls,
                newFirewall,
                newConntrack,
                sockets,
                counters,
                gaps);
    }
}
