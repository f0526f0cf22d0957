package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Obstacle;
import java.util.Optional;
import java.util.stream.Stream;

/** The underlay's packet filter drops the tunnel's own packets. */
public final class VxlanPortBlocked implements Fault {
    /** Stateless. */
    public VxlanPortBlocked() {}

    @Override
    public Page page() {
        return new Page(
                "vxlan-port-blocked",
                Group.OVERLAYS,
                "The underlay's firewall drops the tunnel's packets",
                "The frame goes into the VXLAN interface, and the UDP packet that it becomes is dropped by a rule or a "
                        + "policy, at the sending node, on the way or at the receiving one.",
                "A rule that accepts the tunnel's packets, and no others, is put before it.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.UnderlayStopped.class)
                .flatMap(stopped -> stopped.underlay().obstacle().stream()
                        .filter(Obstacle.Filtered.class::isInstance)
                        .map(Obstacle.Filtered.class::cast)
                        .map(filtered -> finding(dossier, stopped, filtered)));
    }

    private Finding finding(Dossier dossier, Obstacle.UnderlayStopped stopped, Obstacle.Filtered filtered) {
        Optional<Decision> by = filtered.outcome().decisive();
        var flow = filtered.outcome().packet().flow();
        String rule = by.map(decision -> "%s %s %s: %s"
                        .formatted(decision.family(), decision.table(), decision.chain(), decision.text()))
                .orElse("a rule at hook " + filtered.hook());
        Finding finding = Finding.of(
                        this,
                        dossier.agreement(),
                        "The packets of tunnel %s are UDP packets to %s port %d for the underlay, and %s drops them at its %s hook."
                                .formatted(
                                        stopped.tunnel(),
                                        flow.destination(),
                                        flow.destinationPort(),
                                        filtered.namespaceName(),
                                        filtered.hook()))
                .because(dossier.bracket())
                .because("rule", rule);
        return by.flatMap(decision -> Ruling.of(dossier, filtered.namespace(), decision)
                        .map(ruling -> new AcceptRule(ruling, decision, flow, Side.REQUEST).step()))
                .map(step -> finding.mendedBy(
                        Remedy.of("accept the tunnel's packets before they are dropped", "network", step)))
                .orElse(finding);
    }
}
