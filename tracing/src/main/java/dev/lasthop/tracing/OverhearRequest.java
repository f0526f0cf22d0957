package dev.lasthop.tracing;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.bpf.PacketFilter;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.packet.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whose own traffic to wait for, and where to look.
 *
 * @param destination as the application calls it
 * @param port that the application calls; 0 for ICMP
 * @param sourcePort that it calls from; 0 for any
 * @param count how many connections (ICMP: echo requests) are enough
 * @param limit how long to wait for the first
 * @param watched the namespaces whose interfaces are tapped
 * @param flows every flow that the traffic is expected to be at some hop
 * @param neighbors the addresses whose link-layer addresses are looked for on the way
 * @param tunnelPorts UDP ports of the tunnels on the way
 * @param level the closest level to try
 */
public record OverhearRequest(
        NetworkNamespace source,
        IpAddress destination,
        Protocol protocol,
        int port,
        int sourcePort,
        int count,
        Duration limit,
        List<NetworkNamespace> watched,
        List<Flow> flows,
        Set<IpAddress> neighbors,
        Set<Integer> tunnelPorts,
        Level level) {
    public OverhearRequest {
        watched = List.copyOf(watched);
        flows = flows.stream().filter(flow -> flow.protocol().equals(protocol)).toList();
        neighbors = Set.copyOf(neighbors);
        tunnelPorts = Set.copyOf(tunnelPorts);
    }

    /** Every address that the traffic may have at some hop. */
    Set<IpAddress> conversation() {
        Set<IpAddress> all = new TreeSet<>(Tracer.addresses(flows));
        all.add(destination);
        return all;
    }

    /** The port that is called, and what DNAT is expected to make of it. */
    Set<Integer> destinationPorts() {
        Set<Integer> ports = new TreeSet<>();
        if (protocol.hasPorts()) {
            ports.add(port);
            flows.stream()
                    .filter(this::isRequest)
                    .map(Flow::destinationPort)
                    .filter(each -> each != 0)
                    .forEach(ports::add);
        }
        return ports;
    }

    /** In the prediction a request comes from the port that was asked for, which may be 0. */
    private boolean isRequest(Flow flow) {
        return flow.sourcePort() == sourcePort;
    }

    Match match() {
        Family family = destination.family();
        Match hosts = Match.hosts(conversation());
        var parts = new ArrayList<Match>();
        parts.add(new Match.IcmpError(family));
        parts.add(Match.all(hosts, new Match.Fragment(family)));
        if (protocol.isIcmp()) {
            parts.add(Match.all(hosts, new Match.Transport(family, protocol)));
        }
        for (int each : destinationPorts()) {
            parts.add(Match.all(
                    hosts,
                    Match.any(
                            new Match.SourcePort(family, protocol, each),
                            new Match.DestinationPort(family, protocol, each))));
        }
        if (!neighbors.isEmpty()) {
            parts.add(Match.resolution(neighbors));
        }
        for (int each : new TreeSet<>(tunnelPorts)) {
            parts.add(new Match.DestinationPort(Family.IPV4, Protocol.UDP, each));
            parts.add(new Match.DestinationPort(Family.IPV6, Protocol.UDP, each));
        }
        return new Match.Any(parts);
    }

    PacketFilter filter() {
        Set<List<Object>> done = new HashSet<>();
        var tuples = new ArrayList<PacketFilter.Tuple>();
        for (Flow flow : new LinkedHashSet<>(flows)) {
            Flow request = isRequest(flow) || protocol.isIcmp() ? flow : flow.reversed();
            int far = protocol.isIcmp() ? PacketFilter.ANY : request.destinationPort();
            if (tuples.size() < PacketFilter.MOST / 2
                    && done.add(List.of(request.source(), request.destination(), far))) {
                tuples.add(new PacketFilter.Tuple(
                        request.source().bytes(),
                        request.destination().bytes(),
                        protocol.number(),
                        PacketFilter.ANY,
                        far));
            }
        }
        if (tuples.isEmpty()) {
            tuples.add(new PacketFilter.Tuple(
                    new byte[0], destination.bytes(), protocol.number(), PacketFilter.ANY, PacketFilter.ANY));
        }
        return new PacketFilter(tuples, List.of());
    }
}
