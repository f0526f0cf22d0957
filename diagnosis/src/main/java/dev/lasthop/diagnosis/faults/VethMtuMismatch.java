package dev.lasthop.diagnosis.faults;

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
import java.util.List;
import java.util.stream.Stream;

/** The two ends of a veth pair have different MTUs. */
public final class VethMtuMismatch implements Fault {
    /** Stateless. */
    public VethMtuMismatch() {}

    @Override
    public Page page() {
        return new Page(
                "veth-mtu-mismatch",
                Group.SIZES,
                "The two ends of the veth pair have different MTUs",
                "IFLA_MTU differs between the ends, and the packet is larger than the receiving end "
                        + "takes. It is dropped without an error: NOT_SPECIFIED @ __dev_forward_skb2, the "
                        + "receiver's rx_dropped.",
                "The ends get the same MTU.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.PeerMtu.class)
                .map(differs -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s takes %d bytes and %s, its other end, %d: packets in between (this one has %d) vanish without a word."
                                        .formatted(
                                                differs.near(),
                                                differs.nearMtu(),
                                                differs.peer(),
                                                differs.peerMtu(),
                                                differs.length()))
                        .because(dossier.bracket())
                        .because(
                                "link",
                                "MTU %d on %s, %d on %s"
                                        .formatted(
                                                differs.nearMtu(), differs.near(), differs.peerMtu(), differs.peer()))
                        .mendedBy(Remedy.of(
                                        "give both ends an MTU of " + differs.nearMtu(),
                                        "interface",
                                        new LinkStep.Mtu(
                                                Where.of(differs.peer()),
                                                differs.peer().linkName(),
                                                differs.nearMtu()))
                                .undoneBy(new LinkStep.Mtu(
                                        Where.of(differs.peer()), differs.peer().linkName(), differs.peerMtu()))));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD_LARGE,
                Verdict.DROPPED,
                Side.REQUEST,
                scene -> List.of(new LinkStep.Mtu(scene.node(), scene.hostEnd(), 1300))));
    }
}
