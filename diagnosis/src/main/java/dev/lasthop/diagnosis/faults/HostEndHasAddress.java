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
import dev.lasthop.wiring.step.AddressStep;
import java.util.List;
import java.util.stream.Stream;

/** An address was left on a bridge port. */
public final class HostEndHasAddress implements Fault {
    /** Stateless. */
    public HostEndHasAddress() {}

    @Override
    public Page page() {
        return new Page(
                "host-end-has-address",
                Group.LINKS,
                "An address on a bridge port shadows the bridge's route",
                "An interface with a master has an address of the bridge's subnet: there are two "
                        + "connected routes for it, and packets for the container leave by the port itself, where "
                        + "no answer can come up.",
                "The address is deleted from the port.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.AddressOnPort.class).map(left -> {
            List<dev.lasthop.address.Prefix> own = dossier.namespace(left.port().namespace()).stream()
                    .flatMap(state ->
                            state.addresses(left.port().link(), left.wanted().family()).stream())
                    .map(address -> address.prefix())
                    .toList();
            return Finding.of(
                            this,
                            dossier.agreement(),
                            "%s is a port of %s and still has an address (%s). The route to %s leads over the port itself, past the bridge."
                                    .formatted(left.port(), left.bridge().linkName(), own, left.wanted()))
                    .because(dossier.bracket())
                    .because(
                            "route",
                            "%s dev %s"
                                    .formatted(
                                            left.route().destination(),
                                            left.port().linkName()))
                    .mendedBy(Remedy.of(
                            "delete the address from " + left.port().linkName(),
                            "interface",
                            own.stream()
                                    .<dev.lasthop.wiring.step.Step>map(prefix -> new AddressStep.Delete(
                                            Where.of(left.port()), left.port().linkName(), prefix))
                                    .toList()));
        });
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REPLY,
                        scene -> List.of(new AddressStep.Add(
                                scene.node(),
                                scene.hostEnd(),
                                new dev.lasthop.address.Prefix(
                                        scene.containerAddress(Family.IPV4)
                                                .address()
                                                .plus(9),
                                        17),
                                false)))
                .openSide());
    }
}
