package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;

/**
 * What a route is looked up for.
 *
 * @param input the interface that the packet came in by; the loopback's number for what the namespace sends itself
 * @param output the interface that it must leave by; none for any
 */
public record FibQuery(
        IpAddress destination,
        IpAddress source,
        IfIndex input,
        IfIndex output,
        int mark,
        int tos,
        int protocol,
        int sourcePort,
        int destinationPort) {

    /** For a packet that came in by an interface. */
    public static FibQuery input(Flow flow, IfIndex input, int mark) {
        return of(flow, input, mark);
    }

    /** For a packet that the namespace sends. */
    public static FibQuery output(Flow flow, int mark) {
        return of(flow, IfIndex.LOOPBACK, mark);
    }

    /** For a destination alone, as {@code ip route get} asks. */
    public static FibQuery to(IpAddress destination) {
        return new FibQuery(
                destination, IpAddress.any(destination.family()), IfIndex.LOOPBACK, IfIndex.NONE, 0, 0, 0, 0, 0);
    }

    private static FibQuery of(Flow flow, IfIndex input, int mark) {
        boolean ports = flow.protocol().hasPorts();
        return new FibQuery(
                flow.destination(),
                flow.source(),
                input,
                IfIndex.NONE,
                mark,
                0,
                flow.protocol().number(),
                ports ? flow.sourcePort() : 0,
                ports ? flow.destinationPort() : 0);
    }
}
