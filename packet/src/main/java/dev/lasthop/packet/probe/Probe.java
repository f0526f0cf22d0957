package dev.lasthop.packet.probe;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.util.Optional;

/**
 * What to send to whom.
 *
 * @param source the source address; without one the kernel chooses by its routes
 * @param sourcePort the source port, or the identifier of an echo; 0 for one of our choice
 * @param destinationPort 0 for echo
 * @param size the length of the IP packet in bytes; 0 for as little as it takes. TCP sends that many bytes, less the headers, once connected
 * @param hopLimit 0 for the kernel's default
 * @param mark the firewall mark, 0 for none
 * @param device the device to send from; without one the routes say
 */
public record Probe(
        Protocol protocol,
        Optional<IpAddress> source,
        IpAddress destination,
        int sourcePort,
        int destinationPort,
        int size,
        Fragmentation fragmentation,
        int hopLimit,
        int mark,
        Optional<String> device) {
    public Probe {
        if (source.isPresent() && source.get().family() != destination.family()) {
            throw new IllegalArgumentException(
                    "source and destination are of two families: " + source.get() + ", " + destination);
        }
        if (size < 0 || size > 65535) {
            throw new IllegalArgumentException("an IP packet has at most 65535 bytes: " + size);
        }
        if (!protocol.isIcmp() && !protocol.equals(Protocol.TCP) && !protocol.equals(Protocol.UDP)) {
            throw new IllegalArgumentException("there is no probe for " + protocol);
        }
    }

    public static Probe echo(IpAddress destination) {
        return of(Protocol.icmp(destination.family()), destination, 0);
    }

    public static Probe tcp(IpAddress destination, int port) {
        return of(Protocol.TCP, destination, port);
    }

    public static Probe udp(IpAddress destination, int port) {
        return of(Protocol.UDP, destination, port);
    }

    private static Probe of(Protocol protocol, IpAddress destination, int port) {
        return new Probe(
                protocol, Optional.empty(), destination, 0, port, 0, Fragmentation.FORBIDDEN, 0, 0, Optional.empty());
    }

    public Family family() {
        return destination.family();
    }

    public Probe from(IpAddress address) {
        return new Probe(
                protocol,
                Optional.of(address),
                destination,
                sourcePort,
                destinationPort,
                size,
                fragmentation,
                hopLimit,
                mark,
                device);
    }

    public Probe withSourcePort(int port) {
        return new Probe(
                protocol, source, destination, port, destinationPort, size, fragmentation, hopLimit, mark, device);
    }

    public Probe withSize(int bytes, Fragmentation allowed) {
        return new Probe(
                protocol, source, destination, sourcePort, destinationPort, bytes, allowed, hopLimit, mark, device);
    }

    public Probe withHopLimit(int hops) {
        return new Probe(
                protocol, source, destination, sourcePort, destinationPort, size, fragmentation, hops, mark, device);
    }

    public Probe withMark(int value) {
        return new Probe(
                protocol,
                source,
                destination,
                sourcePort,
                destinationPort,
                size,
                fragmentation,
                hopLimit,
                value,
                device);
    }

    public Probe on(String name) {
        return new Probe(
                protocol,
                source,
                destination,
                sourcePort,
                destinationPort,
                size,
                fragmentation,
                hopLimit,
                mark,
                Optional.of(name));
    }

    /** The bytes behind the transport header (behind the ICMP header), at least {@code least}. */
    int payload(int transportHeader, int least) {
        int headers = (family() == Family.IPV4 ? 20 : 40) + transportHeader;
        return Math.max(least, size - headers);
    }
}
