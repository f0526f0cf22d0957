package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
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
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A router takes a packet for forged, as the packet's source is one of the router's own addresses. */
public final class LocalSource implements Fault {
    /** Stateless. */
    public LocalSource() {}

    @Override
    public Page page() {
        return new Page(
                "local-source",
                Group.ROUTING,
                "The packet's source is one of the receiver's own addresses",
                "The host that the packet comes in at has the very address that the packet comes from. The kernel takes it for forged, "
                        + "and says IP_LOCAL_SOURCE.",
                "The host gives the address up, where it has it for itself alone; else one of the two gets another.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.LocalSource.class)
                .filter(local -> !Returned.toSender(dossier, local)
                        && Bounced.atOrigin(dossier).isEmpty())
                .map(local -> Finding.of(
                                this,
                                dossier.agreement(),
                                "A packet from %s comes in at %s, and %s has that address itself: it takes the packet for forged and drops it."
                                        .formatted(
                                                local.source(),
                                                local.input(),
                                                local.input().namespaceName()))
                        .because(dossier.bracket())
                        .because(
                                "link",
                                local.source() + " is an address of "
                                        + local.input().namespaceName() + ", too")
                        .mendedBy(remedy(dossier, local)));
    }

    private static Remedy remedy(Dossier dossier, Obstacle.LocalSource local) {
        List<Step> steps = dossier.namespace(local.input().namespace()).stream()
                .flatMap(state -> state.addresses().stream()
                        .filter(address -> address.address().equals(local.source()))
                        .flatMap(address -> delete(local, address, state.link(address.link()))))
                .toList();
        return steps.isEmpty()
                ? Remedy.advice("give one of the two another address")
                : Remedy.of("take " + local.source() + " from " + local.input().namespaceName(), "namespace", steps);
    }

    private static Stream<Step> delete(Obstacle.LocalSource local, InterfaceAddress address, Optional<Link> link) {
        return link
                .map(found -> new AddressStep.Delete(Where.of(local.input()), found.name(), address.prefix()))
                .stream()
                .map(Step.class::cast);
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                List.of(Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> NeighborMemory.kept(
                                        scene,
                                        Family.IPV4,
                                        new AddressStep.Add(
                                                scene.node(),
                                                scene.uplink(),
                                                Prefix.of(scene.containerAddress(Family.IPV4)
                                                        .address()),
                                                true)))
                        .lastSeenAt(At.BRIDGE_IN)),
                "siblings",
                "two-bridges",
                "published",
                "two-networks");
    }
}
