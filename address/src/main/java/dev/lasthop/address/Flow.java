package dev.lasthop.address;

/**
 * What tells one conversation's packets in one direction apart from all others, as it stands in the packet at one hop: NAT changes it
 * on the way.
 *
 * @param sourcePort the source port; for ICMP echo the identifier; 0 where there is none
 * @param destinationPort the destination port; for ICMP 0
 */
public record Flow(Protocol protocol, IpAddress source, int sourcePort, IpAddress destination, int destinationPort) {
    public Flow {
        if (source.family() != destination.family()) {
            throw new IllegalArgumentException("a flow has one family: " + source + " > " + destination);
        }
    }

    public static Flow icmp(IpAddress source, int identifier, IpAddress destination) {
        return new Flow(Protocol.icmp(source.family()), source, identifier, destination, 0);
    }

    public Family family() {
        return source.family();
    }

    /** The flow of the replies. An ICMP echo reply carries the request's identifier. */
    public Flow reversed() {
        return protocol.isIcmp()
                ? new Flow(protocol, destination, sourcePort, source, 0)
                : new Flow(protocol, destination, destinationPort, source, sourcePort);
    }

    public Flow withSource(IpAddress address, int port) {
        return new Flow(protocol, address, port, destination, destinationPort);
    }

    public Flow withDestination(IpAddress address, int port) {
        return new Flow(protocol, source, sourcePort, address, port);
    }

    @Override
    public String toString() {
        return protocol.hasPorts()
                ? protocol + " " + end(source, sourcePort) + " > " + end(destination, destinationPort)
                : protocol + " " + source + " > " + destination;
    }

    private static String end(IpAddress address, int port) {
        return (address.family() == Family.IPV6 ? "[" + address + "]" : address.toString()) + ":" + port;
    }
}
