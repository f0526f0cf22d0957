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
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** The host end of a routed veth does not answer for the gateway that nobody has. */
public final class ProxyArpOff implements Fault {
    /** Stateless. */
    public ProxyArpOff() {}

    @Override
    public Page page() {
        return new Page(
                "proxy-arp-off",
                Group.ADDRESSES,
                "Nobody answers for the gateway of a routed veth",
                "The container's gateway is on its link and part of no subnet, nobody has it, and proxy_arp (for IPv6: proxy_ndp) is off "
                        + "on the host end, which has the routes.",
                "The host end answers as a proxy.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.ProxyArpOff.class)
                .map(off -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s asks for its gateway %s, which nobody has. %s would have to answer for it, and is no proxy."
                                        .formatted(off.from(), off.wanted(), off.hostEnd()))
                        .because(dossier.bracket())
                        .because(
                                "sysctl", key(off) + " is 0 in " + off.hostEnd().namespaceName())
                        .mendedBy(Remedy.of(
                                        "let " + off.hostEnd().linkName() + " answer for others",
                                        "interface",
                                        steps(off))
                                .persistently("put '" + key(off) + " = 1' into /etc/sysctl.d/")));
    }

    private static String key(Obstacle.ProxyArpOff off) {
        String link = off.hostEnd().linkName();
        return off.wanted().family() == Family.IPV4
                ? "net.ipv4.conf." + link + ".proxy_arp"
                : "net.ipv6.conf." + link + ".proxy_ndp";
    }

    private static List<Step> steps(Obstacle.ProxyArpOff off) {
        Step on = new SysctlStep(Where.of(off.hostEnd()), key(off), "1");
        return off.wanted().family() == Family.IPV4
                ? List.of(on)
                : List.of(
                        on,
                        new NeighborStep.AddProxy(
                                Where.of(off.hostEnd()), off.hostEnd().linkName(), off.wanted()));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "routed",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(
                                scene,
                                new SysctlStep(scene.node(), "net.ipv4.conf." + scene.hostEnd() + ".proxy_arp", "0")))
                .lastSeenAt(At.CONTAINER_OUT));
    }
}
