package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.FdbStep;
import java.util.Optional;
import java.util.stream.Stream;

/** A tunnel knows no remote host for an address. */
public final class VxlanNoRemote implements Fault {
    /** Stateless. */
    public VxlanNoRemote() {}

    @Override
    public Page page() {
        return new Page(
                "vxlan-no-remote",
                Group.OVERLAYS,
                "The tunnel knows no remote host for the destination",
                "The frame goes into the VXLAN interface, whose forwarding database has no entry for its MAC address "
                        + "and none for unknown ones, and nothing comes out of the underlay's interface. "
                        + "The kernel says NO_TX_TARGET, where it says anything.",
                "The entry is added, with the address at which the tunnel's other end is.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoRemote.class).map(missing -> {
            Optional<TunnelEnds.End> owner = TunnelEnds.owner(dossier, missing.tunnel(), missing.mac());
            String where = owner.map(end -> " Its owner is %s, at %s.".formatted(end.place(), end.address()))
                    .orElse("");
            Finding finding = Finding.of(
                            this,
                            dossier.agreement(),
                            "%s has a frame for %s and no entry that says at which remote host that is.%s"
                                    .formatted(missing.tunnel(), missing.mac(), where))
                    .because(dossier.bracket())
                    .because("link", "no FDB entry for " + missing.mac() + " on " + missing.tunnel());
            return finding.mendedBy(owner.map(end -> add(missing, end))
                    .orElseGet(() -> Remedy.advice(
                            "add the entry, with the underlay address of the node that has this MAC address",
                            "bridge fdb add " + missing.mac() + " dev "
                                    + missing.tunnel().linkName() + " dst ADDRESS self permanent")));
        });
    }

    private static Remedy add(Obstacle.NoRemote missing, TunnelEnds.End end) {
        var place = Where.of(missing.tunnel());
        String link = missing.tunnel().linkName();
        return Remedy.of(
                        "add the entry of the tunnel's other end",
                        "network",
                        new FdbStep.Add(place, link, missing.mac(), Optional.of(end.address())))
                .undoneBy(new FdbStep.Delete(place, link, missing.mac(), Optional.of(end.address())));
    }
}
