package dev.lasthop.packet;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Which packets a tap is to give. Decided in the kernel, by the program that {@link SocketFilter} makes of it. */
public sealed interface Match {
    /** Every packet; {@code new Not(new Everything())} none. */
    record Everything() implements Match {}

    /** IP of this family. */
    record Ip(Family family) implements Match {}

    /** IP with this protocol right behind the IP header, or behind an IPv6 fragment header. */
    record Transport(Family family, Protocol protocol) implements Match {}

    /** IP from this address. */
    record From(IpAddress address) implements Match {}

    /** IP to this address. */
    record To(IpAddress address) implements Match {}

    /** IP from or to one of these addresses. */
    record Hosts(List<IpAddress> addresses) implements Match {
        public Hosts {
            addresses = List.copyOf(addresses);
        }
    }

    /** TCP, UDP or SCTP from this port, in a packet that is no later fragment. */
    record SourcePort(Family family, Protocol protocol, int port) implements Match {}

    /** TCP, UDP or SCTP to this port, in a packet that is no later fragment. */
    record DestinationPort(Family family, Protocol protocol, int port) implements Match {}

    /** ICMP echo, request or reply, with this identifier. */
    record Echo(Family family, int identifier) implements Match {}

    /** Any ICMP error, whatever it quotes. */
    record IcmpError(Family family) implements Match {}

    /** An ICMP error that quotes a packet from or to this address. */
    record Quoting(IpAddress address) implements Match {}

    /** A fragment, of IPv4 other than the first, of IPv6 any. */
    record Fragment(Family family) implements Match {}

    /** ARP from or for this IPv4 address; any ARP for {@link IpAddress#ANY_IPV4}. */
    record Arp(IpAddress address) implements Match {}

    /** A neighbor solicitation or advertisement about this IPv6 address; any for {@link IpAddress#ANY_IPV6}. */
    record Neighbor(IpAddress target) implements Match {}

    record All(List<Match> parts) implements Match {
        public All {
            parts = List.copyOf(parts);
        }
    }

    record Any(List<Match> parts) implements Match {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    record Not(Match part) implements Match {}

    static Match any(Match... parts) {
        return new Any(Arrays.asList(parts));
    }

    static Match all(Match... parts) {
        return new All(Arrays.asList(parts));
    }

    /** IP from or to one of these; several hundred fit a program. */
    static Match hosts(Collection<IpAddress> addresses) {
        return new Hosts(addresses.stream().distinct().sorted().toList());
    }

    /** ARP or neighbor discovery about one of these. */
    static Match resolution(Collection<IpAddress> addresses) {
        return new Any(addresses.stream()
                .distinct()
                .sorted()
                .map(address -> address.family() == Family.IPV4 ? (Match) new Arp(address) : new Neighbor(address))
                .toList());
    }

    /**
     * Both directions of a conversation, the fragments between the two addresses, and the ICMP errors that quote any
     * packet between them.
     */
    static Match conversation(Flow flow) {
        return any(
                oneWay(flow),
                oneWay(flow.reversed()),
                all(
                        any(
                                all(new From(flow.source()), new To(flow.destination())),
                                all(new From(flow.destination()), new To(flow.source()))),
                        new Fragment(flow.family())),
                all(new Quoting(flow.source()), new Quoting(flow.destination())));
    }

    private static Match oneWay(Flow flow) {
        Match ends = all(new From(flow.source()), new To(flow.destination()));
        Match what = new Transport(flow.family(), flow.protocol());
        if (flow.protocol().isIcmp()) {
            what = new Echo(flow.family(), flow.sourcePort());
        } else if (flow.protocol().hasPorts()) {
            what = all(
                    new SourcePort(flow.family(), flow.protocol(), flow.sourcePort()),
                    new DestinationPort(flow.family(), flow.protocol(), flow.destinationPort()));
        }
        return all(ends, what);
    }
}
