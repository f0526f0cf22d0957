package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
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
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The bridge is gone. */
public final class BridgeMissing implements Fault {
    /** Stateless. */
    public BridgeMissing() {}

    @Override
    public Page page() {
        return new Page(
                "bridge-missing",
                Group.LINKS,
                "The bridge does not exist",
                "The host end of the veth pair hangs loose in a namespace that has no bridge at all, "
                        + "and nobody answers for the gateway.",
                "The bridge is created again with its address, and the loose ends are attached.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        if (StrayedPeer.in(dossier).isPresent()) {
            return Stream.empty(); // the bridge is there, and the end elsewhere
        }
        Stream<Finding> asked = Unanswered.in(dossier, Unanswered.Cause.BRIDGE_MISSING)
                .flatMap(found -> Unanswered.looseEnd(dossier, found.what()).stream()
                        .map(end -> finding(dossier, end, found.what().wanted(), dossier.agreement())));
        return Stream.concat(asked, remembered(dossier).stream()).limit(1);
    }

    /**
     * The sender still remembers the bridge's MAC. Its frames come to the bare end; if that has the same MAC, as the only port of a bridge
     * has, they pass, and the replies find no way back, because the subnet's route went with the bridge.
     */
    private Optional<Finding> remembered(Dossier dossier) {
        return dossier.prediction().request().elements(Stage.RoutingDecision.class).stream()
                .findFirst()
                .filter(first -> !first.nextHop().equals(first.destination()))
                .flatMap(first -> dossier.before()
                        .namespace(first.out().namespace())
                        .flatMap(state -> state.link(first.out().link())
                                .flatMap(link -> dossier.before().lower(state, link)))
                        // who has it elsewhere is on another wire, and matters to nobody here
                        .filter(end -> !end.namespace().owns(first.nextHop()))
                        .map(end -> Place.of(end.namespace(), end.link()))
                        .filter(end -> LooseEnd.isBare(dossier, end))
                        .map(end -> finding(dossier, end, first.nextHop(), 0.97)));
    }

    private Finding finding(Dossier dossier, Place end, IpAddress gateway, double confidence) {
        String bridge = LostName.of(dossier, end);
        return Finding.of(
                        this,
                        confidence,
                        "%s should be a port of a bridge, and the bridge is not there: it is a port of nothing, and nobody in %s has %s any more."
                                .formatted(end.linkName(), end.namespaceName(), gateway))
                .because(dossier.bracket())
                .because("link", end + " has no master, no address and no route; no interface has " + gateway)
                .mendedBy(Remedy.of(
                        "create the bridge " + bridge + " again and attach " + end.linkName(),
                        "network",
                        steps(dossier, end, bridge)));
    }

    private static List<Step> steps(Dossier dossier, Place end, String bridge) {
        var host = Where.of(end);
        var steps = new ArrayList<Step>();
        steps.add(new LinkStep.Create(host, bridge, new LinkStep.Bridge()));
        steps.add(LinkStep.up(host, bridge));
        for (Family family : Family.values()) {
            LostGateway.address(dossier, family, lower -> isSame(lower, end))
                    .ifPresent(address -> steps.add(new AddressStep.Add(host, bridge, address, true)));
        }
        steps.add(new LinkStep.Master(host, end.linkName(), Optional.of(bridge)));
        return steps;
    }

    private static boolean isSame(Snapshot.Place lower, Place end) {
        return lower.namespace().inode() == end.namespace()
                && lower.link().index().equals(end.link());
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Stream.concat(
                                Injection.inEach(family -> Injection.of(
                                                        "bridge",
                                                        Injection.Ask.CONTAINER_PINGS_WORLD,
                                                        Verdict.NOT_SENT,
                                                        Side.REQUEST,
                                                        scene -> NeighborMemory.lost(
                                                                scene,
                                                                new LinkStep.Delete(scene.node(), scene.bridge())))
                                                .lastSeenAt(At.CONTAINER_OUT))
                                        .stream(),
                                Stream.of(Injection.of(
                                        "bridge",
                                        Injection.Ask.CONTAINER_PINGS_WORLD,
                                        Verdict.DROPPED,
                                        Side.REPLY,
                                        BridgeMissing::taken)))
                        .toList(),
                "siblings",
                "two-bridges",
                "published");
    }

    /**
     * The bridge has the MAC of the container's port, so that the bare port takes what is sent to the bridge; with another port's MAC the
     * requests would be lost there.
     */
    private static List<Step> taken(Scene scene) {
        MacAddress mac =
                scene.now(scene.node()).link(scene.hostEnd()).flatMap(Link::mac).orElseThrow();
        var steps = new ArrayList<Step>();
        steps.add(new LinkStep.Mac(scene.node(), scene.bridge(), mac));
        steps.add(new NeighborStep.Add(
                scene.container(),
                scene.containerLink(),
                scene.gateway(Family.IPV4).address(),
                mac));
        steps.add(new LinkStep.Delete(scene.node(), scene.bridge()));
        return steps;
    }
}
