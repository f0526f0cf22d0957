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
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.RouteStep;
import java.util.List;
import java.util.stream.Stream;

/** A network's prefix covers a destination that is elsewhere. */
public final class SubnetOverlap implements Fault {
    /** Stateless. */
    public SubnetOverlap() {}

    @Override
    public Page page() {
        return new Page(
                "subnet-overlap",
                Group.ROUTING,
                "The network's subnet covers the destination, which is elsewhere",
                "The destination's route is a connected one over a link where nobody has the address, "
                        + "while another route, or another network, has it too.",
                "A host route leads to the destination; for good, one of the two subnets is moved.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Unanswered.in(dossier, Unanswered.Cause.SUBNET_OVERLAP).map(found -> {
            var from = found.what().from();
            var gateway = Unanswered.defaultGateway(
                    dossier, from, found.what().wanted().family());
            String elsewhere = found.what().owners().isEmpty()
                    ? ""
                    : ": it is " + found.what().owners().getFirst() + "'s";
            Finding finding = Finding.of(
                            this,
                            dossier.agreement(),
                            "%s takes %s for a neighbour on %s, because %s covers it. It is not there%s."
                                    .formatted(
                                            from.namespaceName(),
                                            found.what().wanted(),
                                            from.linkName(),
                                            found.what().route().destination(),
                                            elsewhere))
                    .because(dossier.bracket())
                    .because("route", found.what().route().destination() + " dev " + from.linkName())
                    .because(
                            "neighbor",
                            "nobody on " + from + " answers for " + found.what().wanted());
            return gateway.isEmpty()
                    ? finding.mendedBy(Remedy.advice("give one of the two networks another subnet"))
                    : finding.mendedBy(Remedy.of(
                                    "send packets for " + found.what().wanted() + " by way of " + gateway.get(),
                                    "flow",
                                    new RouteStep.Replace(
                                            Where.of(from),
                                            Where.host(found.what().wanted()).via(gateway.get())))
                            .persistently("give one of the two networks another subnet"));
        });
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.NOT_SENT,
                Side.REQUEST,
                scene -> List.of(new AddressStep.Add(
                        scene.container(),
                        scene.containerLink(),
                        new dev.lasthop.address.Prefix(scene.world(Family.IPV4).plus(1), 24),
                        true))));
    }
}
