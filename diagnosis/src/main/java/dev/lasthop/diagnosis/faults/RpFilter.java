package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Scene;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
        return Injection.across(
                List.of(Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REPLY,
                                RpFilter::secondUplink)
                        .lastSeenAt(scene -> scene.node().label() + " second0 in")),
                "siblings",
                "two-bridges",
                "published",
                "two-networks");
    }

    /** The outside sends its replies by a second link, which the node would not use to get there. */
    private static List<Step> secondUplink(Scene scene) {
        MacAddress nodeMac = MacAddress.parse("02:00:00:00:47:01");
        MacAddress outsideMac = MacAddress.parse("02:00:00:00:47:02");
        IpAddress node = IpAddress.parse("192.0.2.130");
        IpAddress outside = IpAddress.parse("192.0.2.129");
        return List.of(
                new LinkStep.CreateVeth(
                        new LinkStep.End(scene.node(), "second0", Optional.of(nodeMac), OptionalInt.empty()),
                        new LinkStep.End(scene.outside(), "second0", Optional.of(outsideMac), OptionalInt.empty())),
                LinkStep.up(scene.node(), "second0"),
                LinkStep.up(scene.outside(), "second0"),
                new AddressStep.Add(scene.node(), "second0", new Prefix(node, 30), true),
                new AddressStep.Add(scene.outside(), "second0", new Prefix(outside, 30), true),
                new NeighborStep.Add(scene.outside(), "second0", node, nodeMac),
                new RouteStep.Add(
                        scene.outside(),
                        Where.host(scene.nodeAddress(Family.IPV4).address()).via(node)),
                new SysctlStep(scene.node(), "net.ipv4.conf.all.rp_filter", "1"));
    }
}
