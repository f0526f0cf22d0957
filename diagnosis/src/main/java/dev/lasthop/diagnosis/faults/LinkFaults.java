package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Links and layer 2: the faults of this chapter, in the catalogue's order. */
public final class LinkFaults {
    private LinkFaults() {}

    public static List<Fault> all() {
        return List.of();
    }
}
