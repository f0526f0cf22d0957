package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Translation and connection tracking: the faults of this chapter, in the catalogue's order. */
public final class NatFaults {
    private NatFaults() {}

    public static List<Fault> all() {
        return List.of();
    }
}
