package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Overlays: the faults of this chapter, in the catalogue's order. */
public final class OverlayFaults {
    private OverlayFaults() {}

    public static List<Fault> all() {
        return List.of(new VxlanPortBlocked(), new VxlanNoRemote(), new VxlanStaleRemote());
    }
}
