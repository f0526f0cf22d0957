package dev.lasthop.tracing;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.packet.Icmp;
import dev.lasthop.packet.NeighborDiscovery;
import dev.lasthop.packet.Packet;
import dev.lasthop.packet.Tcp;
import dev.lasthop.tracing.Sighting.Kind;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Tells which packets belong to the probes, and what part they have. By identifier and sequence number (ICMP), by ports (UDP), by ports
 * and initial sequence number (TCP): all of these survive a change of addresses on the way. Never by the payload.
 */
final class Classifier {
    /** What a packet is to the probes. */
    record Part(Kind kind, int probe, Optional<Flow> flow, String text) {}

    static final int ANY = -1;

    private final Protocol protocol;
    private final int identifier;
    private final List<Integer> sourcePorts;
    private final Set<Integer> destinationPorts;
    private final Set<IpAddress> conversation;
    private final Set<IpAddress> neighbors;
    private final Map<Long, Integer> sequences = new HashMap<>();

    /**
     * @param identifier the ICMP identifier; 0 for protocols with ports; {@link #ANY} for every one, which then is part of the number
     * @param sourcePorts of the probes in their order
     * @param destinationPorts the port that was asked for, and what DNAT is expected to make of it
     * @param conversation every address that the flow is expected to have at some hop
     * @param neighbors the addresses whose link-layer addresses are looked for on the way
     */
    Classifier(
            Protocol protocol,
            int identifier,
            List<Integer> sourcePorts,
            Set<Integer> destinationPorts,
            Set<IpAddress> conversation,
            Set<IpAddress> neighbors) {
        this.protocol = protocol;
        this.identifier = identifier;
        this.sourcePorts = List.copyOf(sourcePorts);
        this.destinationPorts = Set.copyOf(destinationPorts);
        this.conversation = Set.copyOf(conversation);
        this.neighbors = Set.copyOf(neighbors);
    }

    /** Empty for what is somebody else's. */
    Optional<Part> part(Packet packet) {
        if (packet.arp().isPresent() || packet.layer(NeighborDiscovery.class).isPresent()) {
            return resolution(packet);
        }
        Optional<Packet> inner = packet.inner();
        if (inner.isPresent()) {
            return part(inner.get()).map(part -> new Part(part.kind(), part.probe(), packet.flow(), part.text()));
        }
        Optional<Packet> quoted = packet.quoted();
        if (quoted.isPresent()) {
            return conversation(quoted.get())
                    .map(part -> new Part(Kind.ERROR, part.probe(), quoted.get().flow(), error(packet)));
        }
        return conversation(packet);
    }

    private Optional<Part> conversation(Packet packet) {
        Optional<Flow> flow = packet.flow();
        if (flow.isEmpty() || !flow.get().protocol().equals(protocol)) {
            return Optional.empty();
        }
        if (!conversation.contains(flow.get().source())
                && !conversation.contains(flow.get().destination())) {
            return Optional.empty();
        }
        return protocol.isIcmp() ? echo(packet, flow.get()) : ported(packet, flow.get());
    }

    private Optional<Part> echo(Packet packet, Flow flow) {
        Optional<Icmp> icmp = packet.icmp().filter(Icmp::isEcho);
        if (icmp.isEmpty() || identifier != ANY && icmp.get().identifier() != identifier) {
            return Optional.empty();
        }
        Kind kind = icmp.get().isEchoRequest() ? Kind.REQUEST : Kind.REPLY;
        int number = identifier == ANY ? icmp.get().rest() : icmp.get().sequence();
        return Optional.of(new Part(kind, number, Optional.of(flow), kind.name()));
    }

    private Optional<Part> ported(Packet packet, Flow flow) {
        int forward = sourcePorts.indexOf(flow.sourcePort());
        if (forward >= 0 && destinationPorts.contains(flow.destinationPort())) {
            int probe = onePort() ? ofOnePort(packet) : forward;
            packet.tcpSequence().ifPresent(sequence -> sequences.putIfAbsent(sequence, probe));
            return Optional.of(new Part(Kind.REQUEST, probe, Optional.of(flow), "REQUEST"));
        }
        int back = sourcePorts.indexOf(flow.destinationPort());
        if (back >= 0 && destinationPorts.contains(flow.sourcePort())) {
            return Optional.of(new Part(Kind.REPLY, onePort() ? ofOnePort(packet) : back, Optional.of(flow), "REPLY"));
        }
        return bySequence(packet, flow);
    }

    /** Several probes from one port, as that was asked for. */
    private boolean onePort() {
        return sourcePorts.size() > 1 && sourcePorts.getFirst().equals(sourcePorts.getLast());
    }

    /** Then connections are told apart by the number that each begins with, datagrams by the number in their payload. */
    private int ofOnePort(Packet packet) {
        int last = Math.max(0, sequences.size() - 1);
        if (!protocol.equals(Protocol.TCP)) {
            ByteBuffer payload = packet.payload().buffer();
            int said = payload.remaining() >= Integer.BYTES ? payload.getInt() : 0;
            return said >= 0 && said < sourcePorts.size() ? said : 0;
        }
        long own = packet.tcpSequence().orElse(-1);
        long answered = packet.tcpAcknowledgment().orElse(0) - 1 & 0xffff_ffffL;
        boolean begins = packet.tcp()
                .filter(tcp -> tcp.has(Tcp.SYN) && !tcp.has(Tcp.ACK))
                .isPresent();
        int next = Math.min(sequences.size(), sourcePorts.size() - 1);
        return sequences.getOrDefault(own, begins ? Integer.valueOf(next) : sequences.getOrDefault(answered, last));
    }

    /** A TCP connection whose port NAT has changed is still known by the number that it began with. */
    private Optional<Part> bySequence(Packet packet, Flow flow) {
        Integer probe = packet.tcpSequence().isPresent()
                ? sequences.get(packet.tcpSequence().getAsLong())
                : null;
        if (probe != null) {
            return Optional.of(new Part(Kind.REQUEST, probe, Optional.of(flow), "REQUEST"));
        }
        Integer answered = packet.tcpAcknowledgment().isPresent()
                ? sequences.get(packet.tcpAcknowledgment().getAsLong() - 1 & 0xffff_ffffL)
                : null;
        return answered == null
                ? Optional.empty()
                : Optional.of(new Part(Kind.REPLY, answered, Optional.of(flow), "REPLY"));
    }

    private Optional<Part> resolution(Packet packet) {
        if (packet.arp().isPresent()) {
            var arp = packet.arp().get();
            if (!neighbors.contains(arp.senderAddress()) || !neighbors.contains(arp.targetAddress())) {
                return Optional.empty();
            }
            return Optional.of(
                    arp.operation() == dev.lasthop.packet.Arp.REQUEST
                            ? new Part(
                                    Kind.NEIGHBOR_REQUEST,
                                    -1,
                                    Optional.empty(),
                                    "ARP: who has " + arp.targetAddress() + "? tell " + arp.senderAddress())
                            : new Part(
                                    Kind.NEIGHBOR_REPLY,
                                    -1,
                                    Optional.empty(),
                                    "ARP: " + arp.senderAddress() + " is at " + arp.senderMac()));
        }
        IpAddress target = packet.layer(NeighborDiscovery.class).orElseThrow().target();
        OptionalInt type =
                packet.icmp().map(icmp -> OptionalInt.of(icmp.type())).orElse(OptionalInt.empty());
        if (!neighbors.contains(target) || type.isEmpty()) {
            return Optional.empty();
        }
        return switch (type.getAsInt()) {
            case Icmp.V6_SOLICITATION ->
                Optional.of(
                        new Part(Kind.NEIGHBOR_REQUEST, -1, Optional.empty(), "neighbour solicitation for " + target));
            case Icmp.V6_ADVERTISEMENT ->
                Optional.of(
                        new Part(Kind.NEIGHBOR_REPLY, -1, Optional.empty(), "neighbour advertisement of " + target));
            default -> Optional.empty();
        };
    }

    private static String error(Packet packet) {
        String from = packet.source().map(IpAddress::toString).orElse("somebody");
        return packet.icmp().map(icmp -> IcmpText.of(icmp) + " from " + from).orElse("an ICMP error from " + from);
    }
}
