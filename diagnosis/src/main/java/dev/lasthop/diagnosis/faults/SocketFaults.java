package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Sockets and names: the faults of this chapter, in the catalogue's order. */
public final class SocketFaults {
    private SocketFaults() {}

    public static List<Fault> all() {
        return List.of(
                new NoListener(),
                new ListenerOnLoopback(),
                new ListenerOtherFamily(),
                new AcceptQueueFull(),
                new QdiscDrop(),
                new IcmpBlocked(),
                new DnsUnreachable(),
                new DnsLoopbackResolver());
    }
}
