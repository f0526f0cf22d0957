package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** IPv6 is switched off on a hop. */
public final class Ipv6Disabled implements Fault {
    /** Stateless. */
    public Ipv6Disabled() {}

    @Override
    public Page page() {
        return new Page(
                "ipv6-disabled",
                Group.ADDRESSES,
                "IPv6 is disabled on an interface of the way",
                "net.ipv6.conf.DEVICE.disable_ipv6 is 1; the interface's IPv6 addresses and routes went "
                        + "with it. The kernel says IPV6DISABLED for what comes in.",
                "The setting is set to 0; addresses and routes that it took away are put back.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.Ipv6Disabled.class).map(off -> {
            String key = "net.ipv6.conf." + off.place().linkName() + ".disable_ipv6";
            return Finding.of(
                            this,
                            Math.max(dossier.agreement(), 0.9),
                            "IPv6 is switched off on %s in %s (%s is 1)."
                                    .formatted(
                                            off.place().linkName(), off.place().namespaceName(), key))
                    .because(dossier.bracket())
                    .because("sysctl", key + " is 1 in " + off.place().namespaceName())
                    .mendedBy(Surroundings.ipv6(dossier, off.place(), key));
        });
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> List.of(new SysctlStep(
                                scene.container(), "net.ipv6.conf." + scene.containerLink() + ".disable_ipv6", "1")))
                .in(Family.IPV6));
    }
}
