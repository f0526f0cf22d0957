package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.topology.Route;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A route as it is asked for, in words that survive its interface: the interface is named.
 *
 * <p>{@code RouteTo.prefix(Prefix.all(Family.IPV4)).via(gateway).on("eth0")}
 *
 * @param metric the priority; empty for the kernel's choice (0, for IPv6 1024)
 * @param nextHops none for a blackhole and its like
 * @param source {@code RTA_PREFSRC}
 * @param nextHopId {@code RTA_NH_ID}: the next hop object that it leads to, instead of next hops and a type of its own
 * @param protocol who made it, {@code RTPROT_*}: 3 boot (what {@code ip route} says of itself), 4 static, 16 dhcp …
 */
public record RouteTo(
        Route.Type type,
        Prefix destination,
        int table,
        OptionalLong metric,
        List<NextHop> nextHops,
        Optional<IpAddress> source,
        OptionalInt mtu,
        int protocol,
        OptionalInt nextHopId) {
    public static final int PROTOCOL_KERNEL = 2; // RTPROT_KERNEL
    public static final int PROTOCOL_BOOT = 3; // RTPROT_BOOT

    /** What Lasthop says of itself in the host's tables. 76 is nobody's in rtnetlink.h or iproute2's rt_protos. */
    public static final int PROTOCOL_LASTHOP = 76;

    public RouteTo {
        nextHops = List.copyOf(nextHops);
    }

    /** @param onLink the gateway is reached directly, whatever the routes say */
    public record NextHop(Optional<IpAddress> gateway, Optional<String> link, int weight, boolean onLink) {
        Words words(Words words) {
            gateway.ifPresent(address -> words.add("via", address));
            return words.addIf("dev", link)
                    .addIf("weight", weight > 1 ? OptionalInt.of(weight) : OptionalInt.empty())
                    .addIf(onLink, "onlink");
        }
    }

    /** A route of the main table that leads nowhere yet. */
    public static RouteTo prefix(Prefix destination) {
        return new RouteTo(
                Route.Type.UNICAST,
                destination.network(),
                Route.TABLE_MAIN,
                OptionalLong.empty(),
                List.of(),
                Optional.empty(),
                OptionalInt.empty(),
                PROTOCOL_BOOT,
                OptionalInt.empty());
    }

    /** The default route of a family. */
    public static RouteTo everywhere(Family family) {
        return prefix(Prefix.all(family));
    }

    /** The same way, to somewhere else. */
    public RouteTo to(Prefix other) {
        return new RouteTo(type, other.network(), table, metric, nextHops, source, mtu, protocol, nextHopId);
    }

    public RouteTo via(IpAddress gateway) {
        NextHop hop = firstHop();
        return with(new NextHop(Optional.of(gateway), hop.link(), hop.weight(), hop.onLink()));
    }

    public RouteTo on(String link) {
        NextHop hop = firstHop();
        return with(new NextHop(hop.gateway(), Optional.of(link), hop.weight(), hop.onLink()));
    }

    public RouteTo onLink() {
        NextHop hop = firstHop();
        return with(new NextHop(hop.gateway(), hop.link(), hop.weight(), true));
    }

    /** Adds one more next hop of several. */
    public RouteTo and(NextHop hop) {
        var hops = new java.util.ArrayList<>(nextHops);
        hops.add(hop);
        return new RouteTo(type, destination, table, metric, hops, source, mtu, protocol, OptionalInt.empty());
    }

    public RouteTo table(int number) {
        return new RouteTo(type, destination, number, metric, nextHops, source, mtu, protocol, nextHopId);
    }

    public RouteTo metric(long number) {
        return new RouteTo(
                type, destination, table, OptionalLong.of(number), nextHops, source, mtu, protocol, nextHopId);
    }

    public RouteTo type(Route.Type newType) {
        return new RouteTo(newType, destination, table, metric, nextHops, source, mtu, protocol, OptionalInt.empty());
    }

    public RouteTo source(IpAddress address) {
        return new RouteTo(type, destination, table, metric, nextHops, Optional.of(address), mtu, protocol, nextHopId);
    }

    public RouteTo mtu(int bytes) {
        return new RouteTo(
                type, destination, table, metric, nextHops, source, OptionalInt.of(bytes), protocol, nextHopId);
    }

    public RouteTo protocol(int number) {
        return new RouteTo(type, destination, table, metric, nextHops, source, mtu, number, nextHopId);
    }

    /** By way of a next hop object, which says where to, and whether to nowhere. */
    public RouteTo byNextHop(int id) {
        return new RouteTo(
                Route.Type.UNICAST, destination, table, metric, List.of(), source, mtu, protocol, OptionalInt.of(id));
    }

    public Family family() {
        return destination.family();
    }

    /** The route as {@code ip route} takes it: {@code default via 172.17.0.1 dev eth0}. */
    @Override
    public String toString() {
        Words words = Words.of(type == Route.Type.UNICAST ? "" : type.name().toLowerCase(Locale.ROOT));
        words.add(
                destination.equals(Prefix.all(family()))
                        ? "default"
                        : destination.isSingle() ? destination.address() : destination);
        words.addIf("nhid", nextHopId);
        if (nextHops.size() == 1) {
            nextHops.getFirst().words(words);
        }
        words.addIf(table != Route.TABLE_MAIN, "table");
        if (table != Route.TABLE_MAIN) {
            words.add(table);
        }
        if (metric.isPresent()) {
            words.add("metric", metric.getAsLong());
        }
        if (protocol != PROTOCOL_BOOT) {
            words.add("proto", protocol);
        }
        words.addIf("src", source).addIf("mtu", mtu);
        if (nextHops.size() > 1) {
            nextHops.forEach(hop -> hop.words(words.add("nexthop")));
        }
        return words.toString().strip();
    }

    private NextHop firstHop() {
        return nextHops.isEmpty() ? new NextHop(Optional.empty(), Optional.empty(), 1, false) : nextHops.getFirst();
    }

    private RouteTo with(NextHop hop) {
        return new RouteTo(type, destination, table, metric, List.of(hop), source, mtu, protocol, OptionalInt.empty());
    }
}
