package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import java.util.stream.Stream;

/** Handed to a program that is not there. */
public final class NfqueueNoListener implements Fault {
    /** Stateless. */
    public NfqueueNoListener() {}

    @Override
    public Page page() {
        return new Page(
                "nfqueue-no-listener",
                Group.FIREWALL,
                "A rule queues the packet for a program that is not there",
                "A rule hands the packet to user space (queue), and no program reads that queue: the "
                        + "packet is dropped.",
                "The program is started, or the rule says bypass.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return FilterDrops.in(dossier, id()).map(drop -> drop.finding(this, dossier));
    }
}
