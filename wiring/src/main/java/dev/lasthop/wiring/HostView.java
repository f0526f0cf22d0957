package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.NftHeader;
import dev.lasthop.netlink.nftables.NftType;
import dev.lasthop.netlink.route.AddressMessage;
import dev.lasthop.netlink.route.FlowQuestion;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.NeighborMessage;
import dev.lasthop.netlink.route.RouteMessage;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What wiring asks a namespace, the host's above all, before it plans. */
record HostView(Site site) {
    private static final int USUAL_MTU = 1500;
    private static final int KNOWN = 0x02 | 0x04 | 0x08 | 0x10 | 0x80; // NUD_REACHABLE, STALE, DELAY, PROBE, PERMANENT

    Optional<LinkMessage> link(String name) {
        return site.route().link(name);
    }

    /** Whether new interfaces have IPv6 switched off; empty where the kernel has no IPv6. */
    Optional<Boolean> newLinksWithoutIpv6() {
        return site.sysctl("net/ipv6/conf/default/disable_ipv6").map("1"::equals);
    }

    boolean hasDefaultRoute(Family family) {
        return defaultRoutes(family) > 0;
    }

    /** How many there are. */
    int defaultRoutes(Family family) {
        return (int)
                site.route().routes(family).stream().filter(HostView::isDefault).count();
    }

    /** Whether a port of a bridge takes part in a VLAN. */
    boolean hasVlan(IfIndex port, int id) {
        return site.route().bridgeVlans().stream()
                .filter(link -> link.index().equals(port))
                .flatMap(link -> link.attributes().get(LinkMessage.AF_SPEC).stream())
                .flatMap(spec -> spec.each(LinkKinds.BridgeVlans.VLAN).stream())
                .anyMatch(vlan -> vlan.id() == id);
    }

    /** Whether a rule leads to a routing table. */
    boolean hasRule(Family family, int table) {
        return site.route().rules(family).stream().anyMatch(rule -> rule.table() == table);
    }

    /** The MTU of what leads out of the host: the smallest among the default routes' interfaces. */
    int uplinkMtu() {
        int smallest = Integer.MAX_VALUE;
        for (Family family : Family.values()) {
            for (RouteMessage route : site.route().routes(family)) {
                OptionalInt mtu = isDefault(route) ? mtu(route) : OptionalInt.empty();
                smallest = Math.min(smallest, mtu.orElse(smallest));
            }
        }
        return smallest == Integer.MAX_VALUE ? USUAL_MTU : smallest;
    }

    /** The address that what leads out of the host has; an IPv4 one, where it has both. */
    Optional<IpAddress> uplinkAddress() {
        for (Family family : Family.values()) {
            for (RouteMessage route : site.route().routes(family)) {
                Optional<IpAddress> address = isDefault(route)
                        ? route.attributes()
                                .get(RouteMessage.OUTPUT)
                                .flatMap(index -> globalAddress(new IfIndex(index), family))
                        : Optional.empty();
                if (address.isPresent()) {
                    return address;
                }
            }
        }
        return Optional.empty();
    }

    /** The address that the kernel would send from to a destination; empty where it would not send. */
    Optional<IpAddress> sourceTo(IpAddress destination) {
        return lookup(destination).flatMap(route -> route.attributes().get(RouteMessage.PREFERRED_SOURCE));
    }

    /** Whether a destination is on a link of this host. */
    boolean isNeighbor(IpAddress destination) {
        return lookup(destination)
                .filter(route -> route.type() == RouteMessage.UNICAST
                        && !route.attributes().has(RouteMessage.GATEWAY)
                        && !route.attributes().has(RouteMessage.VIA))
                .isPresent();
    }

    /** The link that has an address; empty if it is none of this host's. */
    Optional<LinkMessage> owner(IpAddress wanted) {
        return site.route().addresses().stream()
                .filter(address -> address(address).filter(wanted::equals).isPresent())
                .findFirst()
                .flatMap(address -> site.route().link(address.index()));
    }

    private Optional<RouteMessage> lookup(IpAddress destination) {
        try {
            return Optional.of(site.route().fibLookup(FlowQuestion.sentTo(destination)));
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    private Optional<IpAddress> globalAddress(IfIndex link, Family family) {
        return site.route().addresses().stream()
                .filter(address -> address.index().equals(link) && address.scope() == RouteMessage.SCOPE_UNIVERSE)
                .flatMap(address -> address(address).stream())
                .filter(address -> address.family() == family)
                .findFirst();
    }

    /** An address or a route of the host that overlaps; empty if there is none. Those on {@code home} do not count. */
    Optional<String> overlap(Prefix prefix, Optional<String> home) {
        IfIndex own = home.flatMap(this::link).map(LinkMessage::index).orElse(IfIndex.NONE);
        for (AddressMessage address : site.route().addresses()) {
            Optional<IpAddress> local = address(address);
            if (!address.index().equals(own) && local.filter(prefix::contains).isPresent()) {
                return Optional.of("address " + local.get() + " on " + name(address.index()));
            }
        }
        for (RouteMessage route : site.route().routes(prefix.family())) {
            Prefix to = destination(route, prefix.family());
            IfIndex out =
                    new IfIndex(route.attributes().get(RouteMessage.OUTPUT).orElse(0));
            boolean counts = route.type() == RouteMessage.UNICAST
                    && route.table() != RouteMessage.TABLE_LOCAL
                    && to.length() > 0
                    && !(to.address().isMulticast())
                    && (out.isNone() || !out.equals(own));
            if (counts && to.overlaps(prefix)) {
                return Optional.of("route " + to + (out.isNone() ? "" : " on " + name(out)));
            }
        }
        return Optional.empty();
    }

    boolean hasAddress(String link, Prefix wanted) {
        return addresses(link).contains(wanted.address());
    }

    List<IpAddress> addresses(String link) {
        IfIndex index = link(link).map(LinkMessage::index).orElse(IfIndex.NONE);
        return site.route().addresses().stream()
                .filter(address -> address.index().equals(index))
                .flatMap(address -> address(address).stream())
                .toList();
    }

    /** Whether the address is on any of the interfaces. */
    boolean hasAddress(IpAddress wanted) {
        return site.route().addresses().stream()
                .flatMap(address -> address(address).stream())
                .anyMatch(wanted::equals);
    }

    /** Who is known on a link under an address. */
    Optional<MacAddress> neighbor(String link, IpAddress address) {
        IfIndex index = link(link).map(LinkMessage::index).orElse(IfIndex.NONE);
        return site.route().neighbors().stream()
                .filter(entry -> entry.index().equals(index) && (entry.state() & KNOWN) != 0)
                .filter(entry -> entry.attributes()
                        .get(NeighborMessage.DESTINATION)
                        .filter(address::equals)
                        .isPresent())
                .flatMap(entry -> entry.attributes().get(NeighborMessage.LINK_ADDRESS).stream())
                .map(Bytes::toArray)
                .filter(bytes -> bytes.length == 6)
                .map(MacAddress::of)
                .findFirst();
    }

    Optional<MacAddress> mac(String link) {
        return link(link).flatMap(Inside::mac);
    }

    /** The name of the interface of this number. */
    String name(int index) {
        return name(new IfIndex(index));
    }

    boolean carriesDefaultRoute(IfIndex link) {
        for (Family family : Family.values()) {
            for (RouteMessage route : site.route().routes(family)) {
                boolean overIt = route.attributes()
                        .get(RouteMessage.OUTPUT)
                        .filter(output -> output == link.value())
                        .isPresent();
                if (isDefault(route) && overIt) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a route to the same prefix, of the same type, over the same interface, is in the same table. */
    boolean has(RouteTo route) {
        return !RouteStep.matching(site, route).isEmpty();
    }

    /** Whether {@code link} answers for an address that is not its own. */
    boolean isProxied(String link, IpAddress address) {
        IfIndex index = link(link).map(LinkMessage::index).orElse(IfIndex.NONE);
        return site.route().proxies().stream()
                .filter(entry -> entry.index().equals(index))
                .anyMatch(entry ->
                        entry.attributes().get(NeighborMessage.DESTINATION).equals(Optional.of(address)));
    }

    boolean hasPermanentNeighbor(String link, IpAddress address, MacAddress mac) {
        IfIndex index = link(link).map(LinkMessage::index).orElse(IfIndex.NONE);
        return site.route().neighbors().stream()
                .filter(entry -> entry.index().equals(index) && entry.state() == NeighborMessage.PERMANENT)
                .filter(entry ->
                        entry.attributes().get(NeighborMessage.LINK_ADDRESS).equals(Optional.of(Bytes.of(mac.bytes()))))
                .anyMatch(entry ->
                        entry.attributes().get(NeighborMessage.DESTINATION).equals(Optional.of(address)));
    }

    /** Whether Lasthop's table is there, and not just what users left in it. */
    boolean hasOwnTable() {
        ChainMessage chain = ChainMessage.of(OwnTable.FAMILY, OwnTable.NAME, OwnTable.FORWARD);
        try {
            site.netfilter().request("look for " + chain.what(), NftType.GET_CHAIN, 0, chain.body());
            return true;
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /** The base chains of others at the forward hook that drop what none of their rules accepts. */
    List<String> forwardDrops() {
        var chains = new ArrayList<String>();
        site
                .netfilter()
                .dump("read chains", NftType.GET_CHAIN, new NftHeader(0, 0, 0).body(Attributes.NONE))
                .messages()
                .stream()
                .map(ChainMessage::decode)
                .filter(chain -> chain.hook()
                        .filter(hook -> hook.number() == BaseHook.FORWARD)
                        .isPresent())
                .filter(chain -> chain.policy().orElse(ChainMessage.POLICY_ACCEPT) == ChainMessage.POLICY_DROP)
                .forEach(chain -> chains.add(chain.familyName() + " " + chain.table() + " " + chain.name()));
        return chains.stream().sorted().toList();
    }

    private String name(IfIndex index) {
        return site.route().link(index).map(LinkMessage::name).orElse("interface " + index);
    }

    private OptionalInt mtu(RouteMessage route) {
        return route.attributes()
                .get(RouteMessage.OUTPUT)
                .flatMap(index -> site.route().link(new IfIndex(index)))
                .flatMap(link -> link.attributes().get(LinkMessage.MTU))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    private static boolean isDefault(RouteMessage route) {
        return route.destinationLength() == 0
                && route.type() == RouteMessage.UNICAST
                && route.table() == RouteMessage.TABLE_MAIN;
    }

    private static Prefix destination(RouteMessage route, Family family) {
        return new Prefix(
                route.attributes().get(RouteMessage.DESTINATION).orElse(IpAddress.any(family)),
                route.destinationLength());
    }

    private static Optional<IpAddress> address(AddressMessage address) {
        return address.attributes()
                .get(AddressMessage.LOCAL)
                .or(() -> address.attributes().get(AddressMessage.ADDRESS));
    }
}
