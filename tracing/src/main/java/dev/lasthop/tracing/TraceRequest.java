package dev.lasthop.tracing;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.packet.probe.Probe;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What to send, and where to look.
 *
 * @param source whose network stack sends the probes
 * @param count how many probes
 * @param spacing between two of them
 * @param patience how long to wait for an answer after the last one
 * @param watched the namespaces whose interfaces are tapped
 * @param ruleTraced the namespaces whose packet filter is asked to trace, by a table that ends with the trace
 * @param flows every flow that the probe and its reply are expected to be at some hop, source ports as in the prediction
 * @param neighbors the addresses whose link-layer addresses are looked for on the way
 * @param tunnelPorts UDP ports of the tunnels on the way
 * @param level the closest level to try
 */
public record TraceRequest(
        NetworkNamespace source,
        Probe probe,
        int count,
        Duration spacing,
        Duration patience,
        List<NetworkNamespace> watched,
        List<NetworkNamespace> ruleTraced,
        List<Flow> flows,
        Set<IpAddress> neighbors,
        Set<Integer> tunnelPorts,
        Level level) {
    public TraceRequest {
        watched = List.copyOf(watched);
        ruleTraced = List.copyOf(ruleTraced);
        flows = List.copyOf(flows);
        neighbors = Set.copyOf(neighbors);
        tunnelPorts = Set.copyOf(tunnelPorts);
    }
}
