package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.FdbStep;
import java.util.Optional;
import java.util.stream.Stream;

/** A tunnel sends to where its other end is not any more. */
public final class VxlanStaleRemote implements Fault {
    private static final double SURE = 0.96; // the state says it outright: rather than that nobody answers there

    /** Stateless. */
    public VxlanStaleRemote() {}

    @Override
    public Page page() {
        return new Page(
                "vxlan-stale-remote",
                Group.OVERLAYS,
                "The tunnel sends to an address that is not its other end's",
                "The forwarding database's entry for the destination's MAC address names a remote host, while the VXLAN "
                        + "interface that has this MAC address is at another underlay address.",
                "The entry is replaced by one with the address at which the tunnel's other end is.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return TunnelEnds.entered(dossier).stream()
                .flatMap(into -> TunnelEnds.behind(
                                dossier, into.tunnel(), into.outer().destination())
                        .stream()
                        .flatMap(mac -> finding(dossier, into, mac).stream()))
                .limit(1);
    }

    private Optional<Finding> finding(Dossier dossier, Stage.Encapsulation into, MacAddress mac) {
        Place tunnel = into.tunnel();
        IpAddress remote = into.outer().destination();
        return TunnelEnds.owner(dossier, tunnel, mac)
                .filter(end -> !end.address().equals(remote))
                .map(end -> Finding.of(
                                this,
                                SURE,
                                "%s sends frames for %s to %s, but the tunnel's end with that address is %s, at %s."
                                        .formatted(tunnel, mac, remote, end.place(), end.address()))
                        .because(dossier.bracket())
                        .because("link", "FDB entry on %s: %s dst %s".formatted(tunnel, mac, remote))
                        .mendedBy(Remedy.of(
                                        "send to where the tunnel's other end is",
                                        "network",
                                        new FdbStep.Add(
                                                Where.of(tunnel), tunnel.linkName(), mac, Optional.of(end.address())))
                                .undoneBy(new FdbStep.Add(
                                        Where.of(tunnel), tunnel.linkName(), mac, Optional.of(remote)))));
    }
}
