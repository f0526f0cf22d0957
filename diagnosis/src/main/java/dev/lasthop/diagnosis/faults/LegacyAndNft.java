package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import java.util.stream.Stream;

/** The forgotten one of two rule sets drops. */
public final class LegacyAndNft implements Fault {
    /** Stateless. */
    public LegacyAndNft() {}

    @Override
    public Page page() {
        return new Page(
                "legacy-and-nft",
                Group.FIREWALL,
                "Rules of iptables-legacy and of nf_tables are both active",
                "Both rule sets hold rules: one holds the container engine's, or accepts the packet, and the drop is in "
                        + "the other: it was left behind when iptables changed its generation, and is asked all the "
                        + "same.",
                "The flow is accepted in the forgotten rule set too; for good, that is flushed with its "
                        + "own program (iptables-legacy or iptables-nft).");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return FilterDrops.in(dossier, id()).map(drop -> drop.finding(this, dossier));
    }
}
