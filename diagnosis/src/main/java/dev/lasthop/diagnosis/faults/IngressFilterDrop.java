package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import java.util.stream.Stream;

/** Dropped at the interface, before the IP stack. */
public final class IngressFilterDrop implements Fault {
    /** Stateless. */
    public IngressFilterDrop() {}

    @Override
    public Page page() {
        return new Page(
                "ingress-filter-drop",
                Group.LINKS,
                "A filter on the interface drops the packet before the IP stack sees it",
                "A chain of family netdev (or of hook ingress), or a tc program, drops the packet where "
                        + "the interface takes it in or sends it.",
                "A rule that accepts this flow alone is put before it.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return FilterDrops.in(dossier, id()).map(drop -> drop.finding(this, dossier));
    }
}
