package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.stream.Stream;

/** A packet from outside is translated to a loopback address, which the kernel takes from nobody. */
public final class RouteLocalnet implements Fault {
    /** Stateless. */
    public RouteLocalnet() {}

    @Override
    public Page page() {
        return new Page(
                "route-localnet",
                Group.ROUTING,
                "A packet from another host is sent to 127.0.0.0/8",
                "After DNAT the destination is a loopback address, the packet came in by another interface, and route_localnet is 0 "
                        + "there: the kernel takes it for forged (IP_LOCALNET).",
                "route_localnet is set to 1 on that interface; better, the service listens on an address that others may use.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.LoopbackFromOutside.class)
                .filter(Obstacle.LoopbackFromOutside::destination)
                .map(outside -> {
                    String key = "net/ipv4/conf/" + outside.input().linkName() + "/route_localnet";
                    var place = Where.of(outside.input());
                    return Finding.of(
                                    this,
                                    dossier.agreement(),
                                    "What comes in at %s is translated to %s, a loopback address, and %s takes such a packet from no other host: route_localnet is 0."
                                            .formatted(
                                                    outside.input(),
                                                    outside.address(),
                                                    outside.input().namespaceName()))
                            .because(dossier.bracket())
                            .because(
                                    "sysctl",
                                    key.replace('/', '.') + " is 0 in "
                                            + outside.input().namespaceName())
                            .mendedBy(Remedy.of(
                                            "let " + outside.input().linkName() + " take packets to loopback addresses",
                                            "interface",
                                            new SysctlStep(place, key, "1"))
                                    .undoneBy(new SysctlStep(place, key, "0")))
                            .mendedBy(Remedy.advice("let the service listen on an address of the host, or on all"
                                    + " of them, and translate to that"));
                });
    }
}
