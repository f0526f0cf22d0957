package dev.lasthop.bpf;

import java.util.ArrayList;
import java.util.List;

/**
 * Which packets are wanted: those of any of these flows, in either direction, those that quote such a packet in an ICMP error, and
 * the address resolution (ARP, neighbour discovery) between any of these pairs. It is compiled into the programs, so it is
 * limited to {@value #MOST} entries.
 *
 * @param flows the flow as it looks at each hop: NAT gives it other addresses and ports
 * @param neighbors who asks for whom
 */
public record PacketFilter(List<Tuple> flows, List<Tuple> neighbors) {
    public static final int MOST = 32;

    /** Any protocol, any port. */
    public static final int ANY = -1;

    /**
     * Two ends and what is between them.
     *
     * @param source 4 or 16 bytes, or none for any address; if both ends have one they are of one family
     * @param protocol the number in the IP header, or {@link #ANY}
     * @param sourcePort the port; the identifier of an ICMP echo; or {@link #ANY}
     */
    @SuppressWarnings("ArrayRecordComponent") // addresses as they are in packets; never changed
    public record Tuple(byte[] source, byte[] destination, int protocol, int sourcePort, int destinationPort) {
        /** Checks the lengths. */
        public Tuple {
            source = source.clone();
            destination = destination.clone();
            if (!isAddress(source) || !isAddress(destination)) {
                throw new IllegalArgumentException("an address has 4 or 16 bytes");
            }
            if (source.length * destination.length != 0 && source.length != destination.length) {
                throw new IllegalArgumentException("the two ends are of different families");
            }
            if (source.length + destination.length == 0) {
                throw new IllegalArgumentException("at least one end must have an address");
            }
        }

        boolean isV4() {
            return source.length == 4 || destination.length == 4;
        }

        Tuple reversed() {
            return new Tuple(destination, source, protocol, destinationPort, sourcePort);
        }

        private static boolean isAddress(byte[] bytes) {
            return bytes.length == 0 || bytes.length == 4 || bytes.length == 16;
        }
    }

    /** Checks the number. */
    public PacketFilter {
        flows = List.copyOf(flows);
        neighbors = List.copyOf(neighbors);
        if (flows.isEmpty() || flows.size() + neighbors.size() > MOST) {
            throw new IllegalArgumentException("a filter has 1 to " + MOST + " entries");
        }
    }

    /** One flow and nothing else. */
    public static PacketFilter of(byte[] source, byte[] destination) {
        return new PacketFilter(List.of(new Tuple(source, destination, ANY, ANY, ANY)), List.of());
    }

    /** The same, and this flow. */
    public PacketFilter or(byte[] source, byte[] destination, int protocol, int sourcePort, int destinationPort) {
        var more = new ArrayList<>(flows);
        more.add(new Tuple(source, destination, protocol, sourcePort, destinationPort));
        return new PacketFilter(more, neighbors);
    }

    /** The same, and the address resolution between these two. */
    public PacketFilter orNeighbor(byte[] asking, byte[] asked) {
        var more = new ArrayList<>(neighbors);
        more.add(new Tuple(asking, asked, ANY, ANY, ANY));
        return new PacketFilter(flows, more);
    }

    List<Tuple> flowsOf(boolean v4) {
        return flows.stream().filter(each -> each.isV4() == v4).toList();
    }

    List<Tuple> neighborsOf(boolean v4) {
        return neighbors.stream().filter(each -> each.isV4() == v4).toList();
    }
}
