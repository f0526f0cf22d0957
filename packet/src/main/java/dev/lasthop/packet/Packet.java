package dev.lasthop.packet;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A packet as layers, outermost first, as far as they are known and whole. Nothing is lost: {@link #encode} gives the bytes again. The
 * frame in a VXLAN tunnel and the packet in an ICMP error are packets of their own: {@link #inner}, {@link #quoted}.
 *
 * @param wireLength the length on the wire in bytes, where more than was captured
 */
public record Packet(LinkType link, List<Layer> layers, int wireLength) {
    private static final Set<Integer> VXLAN_PORTS = Set.of(Vxlan.PORT, Vxlan.LINUX_PORT);

    public Packet {
        layers = List.copyOf(layers);
    }

    /** @throws MalformedPacketException if there is not even the outermost header */
    public static Packet decode(byte[] frame, LinkType link) {
        return decode(frame, link, frame.length, VXLAN_PORTS);
    }

    /** @throws MalformedPacketException if there is not even the outermost header */
    public static Packet decode(byte[] frame, LinkType link, int wireLength, Set<Integer> vxlanPorts) {
        return new Packet(link, Dissector.layers(frame, link, vxlanPorts), Math.max(frame.length, wireLength));
    }

    /** A packet from its layers. Lengths and checksums stay as they are. */
    public static Packet of(LinkType link, Layer... layers) {
        List<Layer> all = List.of(layers);
        return new Packet(
                link, all, all.stream().mapToInt(layer -> layer.encode().length).sum());
    }

    /** The captured bytes. */
    public byte[] encode() {
        var out = new ByteArrayOutputStream();
        layers.forEach(layer -> out.writeBytes(layer.encode()));
        return out.toByteArray();
    }

    /** The first layer of this kind. */
    public <T extends Layer> Optional<T> layer(Class<T> kind) {
        return layers.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    public Optional<Ethernet> ethernet() {
        return layer(Ethernet.class);
    }

    public Optional<Arp> arp() {
        return layer(Arp.class);
    }

    public Optional<Icmp> icmp() {
        return layer(Icmp.class);
    }

    public Optional<Tcp> tcp() {
        return layer(Tcp.class);
    }

    public Optional<IpAddress> source() {
        return layer(Ipv4.class).map(Ipv4::source).or(() -> layer(Ipv6.class).map(Ipv6::source));
    }

    public Optional<IpAddress> destination() {
        return layer(Ipv4.class)
                .map(Ipv4::destination)
                .or(() -> layer(Ipv6.class).map(Ipv6::destination));
    }

    /** The protocol above IP, behind all extension headers. */
    public Optional<Protocol> protocol() {
        Optional<Protocol> found = Optional.empty();
        for (Layer layer : layers) {
            found = switch (layer) {
                case Ipv4 ip -> Optional.of(ip.protocol());
                case Ipv6 ip -> Optional.of(ip.next());
                case Ipv6Extension extension -> Optional.of(extension.next());
                case Ipv6Fragment fragment -> Optional.of(fragment.next());
                default -> found;
            };
        }
        return found;
    }

    /**
     * The conversation that this packet stands in, in its direction. Echo requests and replies both have the identifier as their source
     * port; where a protocol has no ports they are 0. Empty for what is not IP and for fragments after the first, which carry
     * no ports ({@link #ipId} tells whose they are).
     */
    public Optional<Flow> flow() {
        if (isLaterFragment()) {
            return Optional.empty();
        }
        Ports ports = ports();
        return source().flatMap(from -> destination()
                .flatMap(to ->
                        protocol().map(protocol -> new Flow(protocol, from, ports.source(), to, ports.destination()))));
    }

    /** IPv4's identification, or that of IPv6's fragment header: the fragments of one packet have the same. */
    public OptionalLong ipId() {
        return layer(Ipv4.class)
                .map(ip -> OptionalLong.of(ip.id()))
                .or(() -> layer(Ipv6Fragment.class).map(fragment -> OptionalLong.of(fragment.id())))
                .orElse(OptionalLong.empty());
    }

    /** The time to live, or hop limit. */
    public OptionalInt hopLimit() {
        return layer(Ipv4.class)
                .map(ip -> OptionalInt.of(ip.timeToLive()))
                .or(() -> layer(Ipv6.class).map(ip -> OptionalInt.of(ip.hopLimit())))
                .orElse(OptionalInt.empty());
    }

    /** The length of the whole IP packet in bytes, as its header states it. */
    public OptionalInt ipLength() {
        return layer(Ipv4.class)
                .map(ip -> OptionalInt.of(ip.length()))
                .or(() -> layer(Ipv6.class).map(ip -> OptionalInt.of(Ipv6.LENGTH + ip.payloadLength())))
                .orElse(OptionalInt.empty());
    }

    public boolean isFragment() {
        return layer(Ipv4.class).filter(Ipv4::isFragment).isPresent()
                || layer(Ipv6Fragment.class).isPresent();
    }

    private boolean isLaterFragment() {
        return layer(Ipv4.class).filter(ip -> ip.fragmentOffset() != 0).isPresent()
                || layer(Ipv6Fragment.class).filter(ip -> ip.offset() != 0).isPresent();
    }

    /** The sequence number of an echo request or reply. */
    public OptionalInt icmpSequence() {
        return icmp().filter(Icmp::isEcho)
                .map(echo -> OptionalInt.of(echo.sequence()))
                .orElse(OptionalInt.empty());
    }

    public OptionalLong tcpSequence() {
        return tcp().map(tcp -> OptionalLong.of(tcp.sequence()))
                .or(() -> layer(Truncated.class)
                        .filter(cut -> cut.protocol().equals(Protocol.TCP)
                                && cut.bytes().size() >= 8)
                        .map(cut -> OptionalLong.of(
                                Integer.toUnsignedLong(cut.bytes().buffer().getInt(4)))))
                .orElse(OptionalLong.empty());
    }

    public OptionalLong tcpAcknowledgment() {
        return tcp().map(tcp -> OptionalLong.of(tcp.acknowledgment())).orElse(OptionalLong.empty());
    }

    /** {@link Tcp#flags()}. */
    public OptionalInt tcpFlags() {
        return tcp().map(tcp -> OptionalInt.of(tcp.flags())).orElse(OptionalInt.empty());
    }

    /** What the last known header carries; nothing where the packet ends with it. */
    public Bytes payload() {
        return layer(Payload.class).map(Payload::bytes).orElse(Bytes.NONE);
    }

    /** The packet that an ICMP error is about, as far as the error quotes it. */
    public Optional<Packet> quoted() {
        return icmp().filter(Icmp::isError).flatMap(error -> attempt(payload(), LinkType.IP));
    }

    /** The frame inside a VXLAN tunnel. */
    public Optional<Packet> inner() {
        return layer(Vxlan.class).flatMap(tunnel -> attempt(payload(), LinkType.ETHERNET));
    }

    /** One line: tags, flow, what tells the packet apart. */
    @Override
    public String toString() {
        String kinds =
                layers.stream().map(layer -> layer.getClass().getSimpleName()).collect(Collectors.joining("/"));
        return flow().map(Flow::toString)
                        .or(() -> arp().map(arp -> "arp " + arp.senderAddress() + " > " + arp.targetAddress()))
                        .orElse("packet")
                + " (" + kinds + ", " + wireLength + " bytes)";
    }

    private static Optional<Packet> attempt(Bytes bytes, LinkType link) {
        try {
            return Optional.of(decode(bytes.array(), link));
        } catch (MalformedPacketException e) {
            return Optional.empty(); // cut too short to tell anything
        }
    }

    private record Ports(int source, int destination) {}

    private Ports ports() {
        for (Layer layer : layers) {
            switch (layer) {
                case Tcp tcp -> {
                    return new Ports(tcp.sourcePort(), tcp.destinationPort());
                }
                case Udp udp -> {
                    return new Ports(udp.sourcePort(), udp.destinationPort());
                }
                case Sctp sctp -> {
                    return new Ports(sctp.sourcePort(), sctp.destinationPort());
                }
                case Icmp icmp
                when icmp.isEcho() -> {
                    return new Ports(icmp.identifier(), 0);
                }
                case Truncated cut
                when cut.hasPorts() -> {
                    return new Ports(cut.sourcePort(), cut.destinationPort());
                }
                default -> {}
            }
        }
        return new Ports(0, 0);
    }
}
