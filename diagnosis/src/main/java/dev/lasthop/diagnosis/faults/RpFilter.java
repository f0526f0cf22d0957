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
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.RuleStep;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The reverse-path filter and an asymmetric route. */
public final class RpFilter implements Fault {
    /** Stateless. */
    public RpFilter() {}

    @Override
    public Page page() {
        return new Page(
                "rp-filter",
                Group.ROUTING,
                "The reverse-path filter drops the packet",
                "The effective rp_filter, the larger of all and the interface's own, is strict, and the "
                        + "route back to the packet's source leads out by another interface. The kernel says "
                        + "IP_RPFILTER and counts TcpExtIPReversePathFilter.",
                "The filter is set to loose on that interface.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.ReversePath.class).map(reverse -> {
            String key = "net.ipv4.conf." + reverse.input().linkName() + ".rp_filter";
            var place = Where.of(reverse.input());
            String back = reverse.reverseOut()
                    .map(out -> "its own route back leads out by " + out.linkName())
                    .orElse("it has no route back");
            return Finding.of(
                            this,
                            dossier.agreement(),
                            "%s gets a packet from %s on %s, but %s: the reverse-path filter (%s) takes it for forged and drops it."
                                    .formatted(
                                            reverse.input().namespaceName(),
                                            reverse.source(),
                                            reverse.input().linkName(),
                                            back,
                                            reverse.mode() == 1 ? "strict" : "loose"))
                    .because(dossier.bracket())
                    .because("sysctl", "effective rp_filter is %d on %s".formatted(reverse.mode(), reverse.input()))
                    .because("route", back)
                    .mendedBy(Remedy.of(
                                    "make the filter loose on "
                                            + reverse.input().linkName(),
                                    "interface",
                                    new SysctlStep(place, key, "2"))
                            .persistently("put '" + key + " = 2' into /etc/sysctl.d/"));
        });
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.DROPPED,
                Side.REPLY,
                scene -> List.of(
                        new SysctlStep(scene.node(), "net.ipv4.conf.all.rp_filter", "1"),
                        new LinkStep.Create(
                                scene.node(),
                                "other0",
                                new LinkStep.Ifb(),
                                Optional.empty(),
                                java.util.OptionalInt.empty()),
                        LinkStep.up(scene.node(), "other0"),
                        new RouteStep.Add(
                                scene.node(),
                                Where.host(scene.world(Family.IPV4)).on("other0")),
                        new RouteStep.Add(
                                scene.node(),
                                RouteTo.everywhere(Family.IPV4)
                                        .via(scene.outsideAddress(Family.IPV4).address())
                                        .table(4713)),
                        new RuleStep.Add(
                                scene.node(),
                                RuleStep.Selector.lookup(Family.IPV4, 4713, 4713)
                                        .in(scene.bridge())))));
    }
}
