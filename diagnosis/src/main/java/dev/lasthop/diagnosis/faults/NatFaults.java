package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Translation and connection tracking: the faults of this chapter, in the catalogue's order. */
public final class NatFaults {
    private NatFaults() {}

    public static List<Fault> all() {
        return List.of(
                new RulesFlushed(),
                new MasqueradeMissing(),
                new MasqueradeWrong(),
                new PublishMissing(),
                new PublishStale(),
                new PublishAddress(),
                new ConntrackFull(),
                new ConntrackInsertFailed(),
                new StaleConntrack());
    }
}
