package dev.lasthop.cli.catalogue;

import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Faults;

/** A fault of the catalogue, as it is typed. */
public final class FaultId {
    private FaultId() {}

    /** @throws IllegalArgumentException if the catalogue has no such id */
    public static Fault read(String id) {
        return Faults.find(id)
                .orElseThrow(() ->
                        new IllegalArgumentException("the catalogue has no such fault; lasthop faults lists them"));
    }
}
