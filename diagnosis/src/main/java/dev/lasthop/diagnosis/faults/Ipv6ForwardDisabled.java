package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** The host is no IPv6 router. */
public final class Ipv6ForwardDisabled implements Fault {
    /** Stateless. */
    public Ipv6ForwardDisabled() {}

    @Override
    public Page page() {
        return new Page(
                "ipv6-forward-disabled",
                Group.ROUTING,
                "The host does not forward IPv6 packets",
                "The packet is seen coming in and never going out; net.ipv6.conf.all.forwarding is 0. "
                        + "The kernel drops it as IP_INADDRERRORS in ip6_forward.",
                "net.ipv6.conf.all.forwarding is set to 1.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.ForwardingOff.class)
                .filter(off -> off.family() == Family.IPV6 && !Bounced.isConsequence(dossier, off))
                .map(off -> {
                    String key = "net.ipv6.conf.all.forwarding";
                    var place = Where.of(off.input());
                    return Finding.of(
                                    this,
                                    dossier.agreement(),
                                    "%s takes packets for %s in on %s, and is told not to send IPv6 on: %s is 0 there."
                                            .formatted(
                                                    off.input().namespaceName(),
                                                    off.destination(),
                                                    off.input().linkName(),
                                                    key))
                            .because(dossier.bracket())
                            .because("sysctl", key + " is 0 in " + off.input().namespaceName())
                            .mendedBy(Remedy.of("let it forward IPv6", "host", new SysctlStep(place, key, "1"))
                                    .undoneBy(new SysctlStep(place, key, "0"))
                                    .persistently("put '" + key + " = 1' into /etc/sysctl.d/"));
                });
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                List.of(Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(new SysctlStep(scene.node(), "net.ipv6.conf.all.forwarding", "0")))
                        .in(Family.IPV6)
                        .lastSeenAt(At.BRIDGE_IN)),
                "siblings",
                "two-bridges",
                "published",
                "two-networks");
    }
}
