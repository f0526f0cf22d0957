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
import dev.lasthop.wiring.step.AddressStep;
import java.util.List;
import java.util.stream.Stream;

/** The interface has no address. */
public final class NoAddress implements Fault {
    /** Stateless. */
    public NoAddress() {}

    @Override
    public Page page() {
        return new Page(
                "no-address",
                Group.ADDRESSES,
                "The interface has no address of the family",
                "The address dump has none of the family (link-local ones do not count) on the "
                        + "interface that the packet would leave by.",
                "An address is added.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoAddress.class).map(none -> {
            String link = none.link().map(place -> place.linkName()).orElse("its interface");
            return Finding.of(
                            this,
                            dossier.agreement(),
                            "%s has no %s address on %s, so it can send nothing that could be answered."
                                    .formatted(
                                            none.namespaceName(), none.family() == Family.IPV4 ? "IPv4" : "IPv6", link))
                    .because(dossier.bracket())
                    .because("link", "no address of the family on " + link + " in " + none.namespaceName())
                    .mendedBy(Surroundings.address(dossier, none));
        });
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.NOT_SENT,
                Side.REQUEST,
                scene -> List.of(new AddressStep.Delete(
                        scene.container(), scene.containerLink(), scene.containerAddress(Family.IPV4)))));
    }
}
