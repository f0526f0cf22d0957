package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.LinkStep;
import java.util.stream.Stream;

/** A bridge port takes smaller packets than its bridge. */
public final class BridgePortMtu implements Fault {
    /** Stateless. */
    public BridgePortMtu() {}

    @Override
    public Page page() {
        return new Page(
                "bridge-port-mtu",
                Group.SIZES,
                "A bridge port's MTU is smaller than the packet",
                "A port's IFLA_MTU is smaller than the bridge's; a bridge sends no errors. Dropped in "
                        + "br_dev_queue_push_xmit or br_nf_dev_queue_xmit.",
                "The port gets the bridge's MTU.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.PortMtu.class)
                .map(small -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s takes %d bytes, its bridge %s %d: a packet of %d is thrown away there without a word."
                                        .formatted(
                                                small.port(),
                                                small.portMtu(),
                                                small.bridge().linkName(),
                                                small.bridgeMtu(),
                                                small.length()))
                        .because(dossier.bracket())
                        .because("link", "MTU %d on %s".formatted(small.portMtu(), small.port()))
                        .mendedBy(Remedy.of(
                                        "give the port an MTU of " + small.length(),
                                        "interface",
                                        new LinkStep.Mtu(
                                                Where.of(small.port()),
                                                small.port().linkName(),
                                                Math.max(small.length(), small.bridgeMtu())))
                                .undoneBy(new LinkStep.Mtu(
                                        Where.of(small.port()), small.port().linkName(), small.portMtu()))));
    }
}
