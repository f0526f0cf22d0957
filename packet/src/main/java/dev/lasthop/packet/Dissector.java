package dev.lasthop.packet;

import dev.lasthop.address.Family;
import dev.lasthop.address.Protocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Takes a frame apart, from the outside in, for as long as what comes next is known and whole. */
final class Dissector {
    private static final int EXTENSIONS = 16; // a longer chain is an attack, not a packet

    private final ByteBuffer in;
    private final Set<Integer> vxlanPorts;
    private final List<Layer> layers = new ArrayList<>();

    private Dissector(byte[] frame, Set<Integer> vxlanPorts) {
        this.in = ByteBuffer.wrap(frame);
        this.vxlanPorts = vxlanPorts;
    }

    static List<Layer> layers(byte[] frame, LinkType link, Set<Integer> vxlanPorts) {
        var dissector = new Dissector(frame, vxlanPorts);
        switch (link) {
            case ETHERNET -> dissector.ethernet();
            case IP -> dissector.bareIp();
        }
        dissector.rest();
        return List.copyOf(dissector.layers);
    }

    private void ethernet() {
        if (in.remaining() < Ethernet.LENGTH) {
            throw new MalformedPacketException("an Ethernet header has 14 bytes, here are " + in.remaining());
        }
        Ethernet header = Ethernet.decode(in);
        layers.add(header);
        switch (header.type()) {
            case Ethernet.ARP -> arp();
            case Ethernet.IPV4 -> ipv4();
            case Ethernet.IPV6 -> ipv6();
            default -> {}
        }
    }

    private void bareIp() {
        if (Ipv4.begins(in)) {
            ipv4();
        } else if (Ipv6.begins(in)) {
            ipv6();
        } else {
            throw new MalformedPacketException("no IPv4 or IPv6 header in these %d bytes".formatted(in.remaining()));
        }
    }

    private void arp() {
        if (Arp.begins(in)) {
            layers.add(Arp.decode(in));
            int end = in.limit();
            trailer(in.position(), end);
        }
    }

    private void ipv4() {
        if (!Ipv4.begins(in)) {
            return;
        }
        int start = in.position();
        int end = in.limit();
        Ipv4 header = Ipv4.decode(in);
        layers.add(header);
        if (header.length() >= header.headerLength() && header.length() < end - start) {
            in.limit(start + header.length());
        }
        if (header.fragmentOffset() == 0) {
            transport(header.protocol(), Family.IPV4);
        }
        trailer(in.limit(), end);
    }

    private void ipv6() {
        if (!Ipv6.begins(in)) {
            return;
        }
        int end = in.limit();
        Ipv6 header = Ipv6.decode(in);
        layers.add(header);
        if (header.payloadLength() > 0 && header.payloadLength() < in.remaining()) {
            in.limit(in.position() + header.payloadLength());
        }
        Protocol next = header.next();
        boolean first = true;
        for (int i = 0; i < EXTENSIONS && first; i++) {
            if (next.equals(Ipv6Fragment.KIND) && in.remaining() >= Ipv6Fragment.LENGTH) {
                Ipv6Fragment fragment = Ipv6Fragment.decode(in);
                layers.add(fragment);
                next = fragment.next();
                first = fragment.offset() == 0;
            } else if (Ipv6Extension.begins(next, in)) {
                Ipv6Extension extension = Ipv6Extension.decode(next, in);
                layers.add(extension);
                next = extension.next();
            } else {
                break;
            }
        }
        if (first) {
            transport(next, Family.IPV6);
        }
        trailer(in.limit(), end);
    }

    private void transport(Protocol protocol, Family family) {
        if (protocol.equals(Protocol.TCP)) {
            if (Tcp.begins(in)) {
                layers.add(Tcp.decode(in));
            } else {
                truncated(protocol);
            }
        } else if (protocol.equals(Protocol.UDP)) {
            if (in.remaining() >= Udp.LENGTH) {
                Udp header = Udp.decode(in);
                layers.add(header);
                vxlan(header);
            } else {
                truncated(protocol);
            }
        } else if (protocol.equals(Protocol.icmp(family))) {
            icmp(family, protocol);
        } else if (protocol.equals(Protocol.SCTP)) {
            if (in.remaining() >= Sctp.LENGTH) {
                layers.add(Sctp.decode(in));
            } else {
                truncated(protocol);
            }
        }
    }

    private void icmp(Family family, Protocol protocol) {
        if (in.remaining() < Icmp.LENGTH) {
            truncated(protocol);
            return;
        }
        Icmp header = Icmp.decode(family, in);
        layers.add(header);
        if (family == Family.IPV6 && NeighborDiscovery.begins(header.type(), in)) {
            layers.add(NeighborDiscovery.decode(header.type(), in));
        }
    }

    private void vxlan(Udp header) {
        if (vxlanPorts.contains(header.destinationPort()) && Vxlan.begins(in)) {
            layers.add(Vxlan.decode(in));
        }
    }

    private void truncated(Protocol protocol) {
        if (in.hasRemaining()) {
            layers.add(new Truncated(protocol, Bytes.take(in, in.remaining())));
        }
    }

    /** Ends what the IP header covers, and keeps what lies between there and the end of the frame. */
    private void trailer(int covered, int end) {
        in.limit(covered);
        rest();
        in.limit(end);
        if (in.hasRemaining()) {
            layers.add(new Trailer(Bytes.take(in, in.remaining())));
        }
    }

    private void rest() {
        if (in.hasRemaining()) {
            layers.add(new Payload(Bytes.take(in, in.remaining())));
        }
    }
}
