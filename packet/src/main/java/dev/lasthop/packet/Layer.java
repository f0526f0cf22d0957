package dev.lasthop.packet;

/**
 * One stretch of a packet: a header, or what follows the last header that could be read. Each keeps every bit of its bytes, so that
 * the layers of a packet, encoded one after the other, are the packet again.
 */
public sealed interface Layer
        permits Ethernet,
                Arp,
                Ipv4,
                Ipv6,
                Ipv6Extension,
                Ipv6Fragment,
                Icmp,
                NeighborDiscovery,
                Tcp,
                Udp,
                Sctp,
                Vxlan,
                Truncated,
                Payload,
                Trailer {
    /** The bytes as they stand on the wire. */
    byte[] encode();
}
