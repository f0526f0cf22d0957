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
import dev.lasthop.path.Direction;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.AddressStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Nobody owns the gateway address. */
public final class GatewayAddressMissing implements Fault {
    /** Stateless. */
    public GatewayAddressMissing() {}

    @Override
    public Page page() {
        return new Page(
                "gateway-address-missing",
                Group.LINKS,
                "No interface owns the container's gateway address",
                "ARP or ND for the gateway goes unanswered; the bridge (or router) on the segment has "
                        + "no address of the container's subnet. There is no drop to be seen.",
                "The address is added to the bridge.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(
                        Unanswered.in(dossier, Unanswered.Cause.GATEWAY_ADDRESS_MISSING)
                                .map(found -> unanswered(dossier, found)),
                        remembered(dossier).stream())
                .limit(1);
    }

    private Finding unanswered(Dossier dossier, Unanswered found) {
        var router = found.router().orElseThrow();
        int length = Unanswered.own(dossier, found.what())
                .filter(prefix -> prefix.contains(found.what().wanted()))
                .mapToInt(dev.lasthop.address.Prefix::length)
                .findFirst()
                .orElse(found.what().wanted().family().bits());
        var address = new dev.lasthop.address.Prefix(found.what().wanted(), length);
        return Finding.of(
                        this,
                        dossier.agreement(),
                        "%s sends by way of %s, and no interface has that address: %s, where it belongs, has none of that subnet."
                                .formatted(
                                        found.what().from().namespaceName(),
                                        found.what().wanted(),
                                        router))
                .because(dossier.bracket())
                .because(
                        "neighbor",
                        "nobody answers for " + found.what().wanted() + " on "
                                + found.what().from())
                .because(
                        "link",
                        router + " has no address in the subnet of "
                                + found.what().wanted())
                .mendedBy(Remedy.of(
                                "add " + address + " to " + router.linkName(),
                                "network",
                                new AddressStep.Add(Where.of(router), router.linkName(), address, true))
                        .undoneBy(new AddressStep.Delete(Where.of(router), router.linkName(), address)));
    }

    /**
     * The sender still remembers the gateway's MAC: its packets pass, and the replies do not, as the subnet's route went with the
     * address.
     */
    private Optional<Finding> remembered(Dossier dossier) {
        if (dossier.stop().side() != Side.REPLY) {
            return Optional.empty();
        }
        return dossier.prediction().request().elements(Stage.RoutingDecision.class).stream()
                .findFirst()
                .filter(first -> !first.nextHop().equals(first.destination()))
                .flatMap(first -> entry(dossier, first)
                        .filter(bridge -> dossier.namespace(bridge.namespace())
                                .filter(state -> state.owns(first.nextHop()))
                                .isEmpty())
                        .map(bridge -> remembered(dossier, first, bridge)));
    }

    /** The bridge by which the packet comes in at the first namespace after the sender's: who has the address elsewhere is not asked. */
    private static Optional<Hop> entry(Dossier dossier, Stage.RoutingDecision first) {
        List<Hop> after = dossier.prediction().request().passages().stream()
                .map(passage -> passage.hop())
                .filter(hop -> hop.namespace() != first.out().namespace())
                .toList();
        return after.stream()
                .takeWhile(hop -> hop.namespace() == after.getFirst().namespace() && hop.direction() == Direction.IN)
                .filter(hop -> dossier.namespace(hop.namespace())
                        .flatMap(state -> state.link(hop.link()))
                        .filter(link -> link.kind().equals("bridge"))
                        .isPresent())
                .findFirst();
    }

    private Finding remembered(Dossier dossier, Stage.RoutingDecision first, Hop bridge) {
        int length = dossier.namespace(first.out().namespace()).stream()
                .flatMap(state ->
                        state.addresses(first.out().link(), first.nextHop().family()).stream())
                .map(address -> address.prefix())
                .filter(prefix -> prefix.contains(first.nextHop()))
                .mapToInt(dev.lasthop.address.Prefix::length)
                .findFirst()
                .orElse(first.nextHop().family().bits());
        var address = new dev.lasthop.address.Prefix(first.nextHop(), length);
        var place = dev.lasthop.wiring.step.Place.parse(bridge.namespaceName());
        return Finding.of(
                        this,
                        0.97,
                        "%s sends by way of %s, which no interface has any more. It still remembers the MAC, so its packets pass; the replies find no way back, because the subnet's route went with the address of %s."
                                .formatted(first.namespaceName(), first.nextHop(), bridge.linkName()))
                .because(dossier.bracket())
                .because(
                        "link",
                        "%s in %s does not have %s".formatted(bridge.linkName(), bridge.namespaceName(), address))
                .mendedBy(Remedy.of(
                                "add " + address + " to " + bridge.linkName(),
                                "network",
                                new AddressStep.Add(place, bridge.linkName(), address, true))
                        .undoneBy(new AddressStep.Delete(place, bridge.linkName(), address)));
    }

    @Override
    public List<Injection> injections() {
        List<Injection> asked = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(
                                scene, new AddressStep.Delete(scene.node(), scene.bridge(), scene.gateway(family))))
                .lastSeenAt(At.CONTAINER_OUT));
        List<Injection> remembered = Injection.inEach(family -> Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.DROPPED,
                Side.REPLY,
                scene -> NeighborMemory.kept(
                        scene, family, new AddressStep.Delete(scene.node(), scene.bridge(), scene.gateway(family)))));
        return Injection.across(
                Stream.concat(asked.stream(), remembered.stream()).toList(),
                "siblings",
                "two-bridges",
                "published",
                "two-networks");
    }
}
