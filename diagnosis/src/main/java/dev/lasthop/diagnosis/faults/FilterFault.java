package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import java.util.stream.Stream;

/** What a packet filter does to packets: {@link DropKind} tells which of these a drop is, the finding says by which rule. */
interface FilterFault extends Fault {
    /** How most of them are mended, for their pages. */
    String ACCEPTED = "A rule that accepts this flow alone is put before it, in the chain that drops.";

    @Override
    default Stream<Finding> examine(Dossier dossier) {
        return FilterDrops.in(dossier, id()).map(drop -> drop.finding(this, dossier));
    }
}
