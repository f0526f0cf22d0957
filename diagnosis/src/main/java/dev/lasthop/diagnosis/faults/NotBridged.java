package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.MacAddress;
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
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The host end of a veth pair hangs loose. */
public final class NotBridged implements Fault {
    /** Stateless. */
    public NotBridged() {}

    @Override
    public Page page() {
        return new Page(
                "not-bridged",
                Group.LINKS,
                "The host end of the veth pair is not a port of the bridge",
                "IFLA_MASTER is absent on the host end, while a bridge of the same namespace owns the "
                        + "address that is looked for (or its subnet). Frames reach the bare veth; the kernel "
                        + "says OTHERHOST or NEIGH_FAILED, as for seven other causes.",
                "The host end is attached to the bridge.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(dossier.obstacle(Obstacle.NotBridged.class), LooseEnd.in(dossier).stream())
                .map(loose -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s should be a port of %s and is a port of nothing: frames that come in by it never reach the bridge, where %s is."
                                        .formatted(
                                                loose.hostEnd(), loose.bridge().linkName(), loose.wanted()))
                        .because(dossier.bracket())
                        .because("link", loose.hostEnd() + " has no master")
                        .mendedBy(Remedy.of(
                                        "attach " + loose.hostEnd().linkName() + " to "
                                                + loose.bridge().linkName(),
                                        "interface",
                                        new LinkStep.Master(
                                                Where.of(loose.hostEnd()),
                                                loose.hostEnd().linkName(),
                                                Optional.of(loose.bridge().linkName())))
                                .undoneBy(new LinkStep.Master(
                                        Where.of(loose.hostEnd()),
                                        loose.hostEnd().linkName(),
                                        Optional.empty()))));
    }

    @Override
    public List<Injection> injections() {
        List<Injection> gateway = Injection.across(
                List.of(
                        Injection.of(
                                        "bridge",
                                        Injection.Ask.CONTAINER_PINGS_WORLD,
                                        Verdict.DROPPED,
                                        Side.REPLY,
                                        scene -> NeighborMemory.lostAtNode(scene, loose(scene)))
                                .lastSeenAt(At.UPLINK_IN),
                        Injection.of(
                                        "bridge",
                                        Injection.Ask.CONTAINER_PINGS_WORLD,
                                        Verdict.DROPPED,
                                        Side.REQUEST,
                                        NotBridged::remembered)
                                .lastSeenAt(At.HOST_END_IN),
                        Injection.of(
                                        "bridge",
                                        Injection.Ask.CONTAINER_PINGS_WORLD,
                                        Verdict.NOT_SENT,
                                        Side.REQUEST,
                                        scene -> NeighborMemory.lost(scene, loose(scene)))
                                .in(Family.IPV6)
                                .lastSeenAt(At.CONTAINER_OUT)),
                "siblings",
                "published");
        List<Injection> sibling = Injection.inEach(family -> Injection.of(
                        "siblings",
                        Injection.Ask.CONTAINER_PINGS_SECOND,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(scene, loose(scene)))
                .lastSeenAt(At.CONTAINER_OUT));
        return Stream.concat(gateway.stream(), sibling.stream()).toList();
    }

    private static Step loose(Scene scene) {
        return new LinkStep.Master(scene.node(), scene.hostEnd(), Optional.empty());
    }

    /** A bridge with one port has that port's MAC, and the bare port would take its frames: so the bridge gets one of its own first. */
    private static List<Step> remembered(Scene scene) {
        MacAddress mac = MacAddress.parse("02:00:00:00:47:09");
        return List.of(
                new LinkStep.Mac(scene.node(), scene.bridge(), mac),
                new NeighborStep.Add(
                        scene.container(),
                        scene.containerLink(),
                        scene.gateway(Family.IPV4).address(),
                        mac),
                loose(scene));
    }
}
