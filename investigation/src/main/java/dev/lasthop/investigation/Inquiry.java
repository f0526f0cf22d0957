package dev.lasthop.investigation;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Asked;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.tracing.Level;

/**
 * One question, with all names resolved.
 *
 * @param source the endpoint as the command line names it
 * @param namespace the endpoint's namespace, open
 * @param destination as it was written
 * @param port 0 for ICMP
 * @param size of the IP packet in bytes; 0 for a small one
 * @param fragment whether it may be cut on the way
 * @param sourcePort 0 for one of our choice
 * @param count how many probes
 * @param level the closest level of observation to try
 */
public record Inquiry(
        String source,
        NetworkNamespace namespace,
        String destination,
        IpAddress address,
        Protocol protocol,
        int port,
        int size,
        boolean fragment,
        int sourcePort,
        int count,
        Level level) {
    /** The same with another number of probes. */
    public Inquiry withCount(int other) {
        return new Inquiry(
                source, namespace, destination, address, protocol, port, size, fragment, sourcePort, other, level);
    }

    Asked asked() {
        return new Asked(source, destination, address, protocol, port, size);
    }
}
