package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Packet filters: the faults of this chapter, in the catalogue's order. */
public final class FirewallFaults {
    private FirewallFaults() {}

    public static List<Fault> all() {
        return List.of();
    }
}
