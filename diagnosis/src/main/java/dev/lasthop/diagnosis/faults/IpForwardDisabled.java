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
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** The host takes the packet in on one interface and, because it is told not to be a router, never sends it on. */
public final class IpForwardDisabled implements Fault {
    /** Stateless. */
    public IpForwardDisabled() {}

    @Override
    public Page page() {
        return new Page(
                "ip-forward-disabled",
                Group.ROUTING,
                "The host does not forward IPv4 packets",
                "The packet is seen coming in on an interface of a namespace that it is not addressed to, and never going out; "
                        + "net.ipv4.conf.DEVICE.forwarding is 0 for the interface that it came in by. The kernel drops it as "
                        + "IP_INADDRERRORS, as it does for an address that is not its own, and sends no ICMP error.",
                "Forwarding is switched on in that namespace: net.ipv4.ip_forward, or, where that is 1 already, the interface's "
                        + "own setting.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.ForwardingOff.class)
                .filter(off -> off.family() == Family.IPV4 && !Bounced.isConsequence(dossier, off))
                .map(off -> {
                    String namespace = off.input().namespaceName();
                    String link = off.input().linkName();
                    boolean everywhere = dossier.namespace(off.input().namespace())
                            .map(state -> state.sysctls().ipv4("all", "forwarding") == 0)
                            .orElse(true);
                    String key = everywhere ? "net.ipv4.ip_forward" : "net.ipv4.conf." + link + ".forwarding";
                    Place place = Place.parse(namespace);
                    return Finding.of(
                                    this,
                                    dossier.agreement(),
                                    "%s takes packets for %s in on %s, and is told not to send them on: %s is 0 there. It throws them away without a word."
                                            .formatted(namespace, off.destination(), link, key))
                            .because(dossier.bracket())
                            .because("sysctl", "%s is 0 in %s".formatted(key, namespace))
                            .mendedBy(Remedy.of(
                                            "let " + namespace + " forward IPv4",
                                            "host",
                                            new SysctlStep(place, key, "1"))
                                    .undoneBy(new SysctlStep(place, key, "0"))
                                    .persistently("put '" + key + " = 1' into /etc/sysctl.d/"));
                });
    }

    @Override
    public List<Injection> injections() {
        Injection everywhere = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(new SysctlStep(scene.node(), "net.ipv4.ip_forward", "0")))
                .lastSeenAt(At.BRIDGE_IN);
        Injection bridge = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(
                                new SysctlStep(scene.node(), "net.ipv4.conf." + scene.bridge() + ".forwarding", "0")))
                .lastSeenAt(At.BRIDGE_IN);
        Injection uplink = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REPLY,
                        scene -> List.of(
                                new SysctlStep(scene.node(), "net.ipv4.conf." + scene.uplink() + ".forwarding", "0")))
                .lastSeenAt(At.UPLINK_IN);
        return Injection.across(
                List.of(everywhere, bridge, uplink), "siblings", "two-bridges", "published", "two-networks", "routed");
    }
}
