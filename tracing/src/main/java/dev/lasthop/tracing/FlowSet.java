package dev.lasthop.tracing;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.bpf.PacketFilter;
import dev.lasthop.packet.Match;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * All the flows that the probes may be on their way: what the prober says it sends, and what the prediction says NAT makes of it. Gives
 * the taps, the BPF programs and the classifier their idea of what belongs to the probes.
 */
final class FlowSet {
    private final TraceRequest request;
    private final Protocol protocol;
    private final Family family;
    private final List<Flow> all;
    private final List<Integer> sourcePorts;
    private final Set<Integer> destinationPorts = new TreeSet<>();
    private final Set<IpAddress> conversation;

    FlowSet(TraceRequest request, List<Flow> sent) {
        this.request = request;
        this.protocol = request.probe().protocol();
        this.family = request.probe().family();
        Set<Flow> flows = new LinkedHashSet<>();
        sent.stream().filter(flow -> !flow.source().isAny()).forEach(flows::add);
        request.flows().stream()
                .filter(flow -> flow.protocol().equals(protocol))
                .forEach(flows::add);
        this.all = List.copyOf(flows);
        this.sourcePorts = sent.stream().map(Flow::sourcePort).toList();
        this.conversation = Tracer.addresses(all);
        conversation.add(request.probe().destination());
        destinationPorts.add(request.probe().destinationPort());
        // A port that is none of the probe's own belongs to the far end: what DNAT makes of the port that was asked
        // for.
        request.flows().stream()
                .filter(flow ->
                        flow.protocol().equals(protocol) && flow.protocol().hasPorts())
                .filter(flow -> !sourcePorts.contains(flow.destinationPort()) && flow.destinationPort() != 0)
                .filter(flow -> isRequest(flow))
                .forEach(flow -> destinationPorts.add(flow.destinationPort()));
    }

    /** In the prediction the request's source port is 0 or the first probe's. */
    private boolean isRequest(Flow flow) {
        return flow.sourcePort() == 0 || sourcePorts.contains(flow.sourcePort());
    }

    Classifier classifier() {
        return new Classifier(
                protocol,
                protocol.isIcmp() ? sourcePorts.getFirst() : 0,
                protocol.isIcmp() ? List.of() : sourcePorts,
                destinationPorts,
                conversation,
                request.neighbors());
    }

    /** What the taps take: by ports and identifiers, which hold on to their packets through NAT, not by addresses. */
    Match match() {
        var parts = new ArrayList<Match>();
        parts.add(new Match.IcmpError(family));
        if (protocol.isIcmp()) {
            parts.add(new Match.Echo(family, sourcePorts.getFirst()));
        } else {
            for (int port : new TreeSet<>(sourcePorts)) {
                parts.add(new Match.SourcePort(family, protocol, port));
                parts.add(new Match.DestinationPort(family, protocol, port));
            }
        }
        if (!request.neighbors().isEmpty()) {
            parts.add(Match.resolution(request.neighbors()));
        }
        for (int port : new TreeSet<>(request.tunnelPorts())) {
            parts.add(new Match.DestinationPort(Family.IPV4, Protocol.UDP, port));
            parts.add(new Match.DestinationPort(Family.IPV6, Protocol.UDP, port));
        }
        if (request.probe().size() > 0) {
            parts.add(Match.all(new Match.Fragment(family), Match.hosts(conversation)));
        }
        return new Match.Any(parts);
    }

    /** What the kernel's tracepoints are asked for. ICMP by identifier; with ports, by the far end's port, as the near one may change. */
    PacketFilter filter() {
        Set<List<Object>> done = new LinkedHashSet<>();
        var tuples = new ArrayList<PacketFilter.Tuple>();
        for (Flow flow : all) {
            Flow request = isReply(flow) ? flow.reversed() : flow;
            int near = protocol.isIcmp() ? sourcePorts.getFirst() : PacketFilter.ANY;
            int far = protocol.isIcmp() ? PacketFilter.ANY : request.destinationPort();
            if (tuples.size() < PacketFilter.MOST / 2
                    && done.add(List.of(request.source(), request.destination(), near, far))) {
                tuples.add(new PacketFilter.Tuple(
                        request.source().bytes(), request.destination().bytes(), protocol.number(), near, far));
            }
        }
        if (tuples.isEmpty()) {
            tuples.add(new PacketFilter.Tuple(
                    new byte[0],
                    request.probe().destination().bytes(),
                    protocol.number(),
                    PacketFilter.ANY,
                    PacketFilter.ANY));
        }
        return new PacketFilter(tuples, List.of());
    }

    /** Whether this is a flow of the replies, which go to a port (or, for ICMP, an address) that the probes come from. */
    private boolean isReply(Flow flow) {
        return protocol.hasPorts() && !isRequest(flow);
    }

    List<Flow> flows() {
        return all;
    }

    Family family() {
        return family;
    }

    Protocol protocol() {
        return protocol;
    }

    List<Integer> sourcePorts() {
        return sourcePorts;
    }
}
