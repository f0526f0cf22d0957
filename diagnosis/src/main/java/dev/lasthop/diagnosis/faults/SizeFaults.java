package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Sizes: the faults of this chapter, in the catalogue's order. */
public final class SizeFaults {
    private SizeFaults() {}

    public static List<Fault> all() {
        return List.of(new MtuExceeded(), new PmtuBlackhole(), new VethMtuMismatch(), new BridgePortMtu());
    }
}
