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
import dev.lasthop.path.Place;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** The way out of the node has no carrier. */
public final class UplinkNoCarrier implements Fault {
    /** Stateless. */
    public UplinkNoCarrier() {}

    @Override
    public Page page() {
        return new Page(
                "uplink-no-carrier",
                Group.LINKS,
                "The uplink has no carrier",
                "The packet reaches the node and never its uplink, which is up without carrier: an "
                        + "unplugged cable, or, on a virtual link, a peer that is down.",
                "The cable, the switch port, or the virtual link's other end: where that can be seen, "
                        + "it is set up.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> seen = dossier.obstacle(Obstacle.PeerDown.class)
                .filter(down -> isUplink(dossier, down))
                .map(down -> DeadLink.bracket(
                        dossier,
                        down.near(),
                        finding(dossier, down.near())
                                .because("link", down.peer() + ", its other end, has no IFF_UP")
                                .mendedBy(Remedy.of(
                                                "set " + down.peer().linkName() + " up",
                                                "interface",
                                                LinkStep.up(
                                                        Where.of(down.peer()),
                                                        down.peer().linkName()))
                                        .undoneBy(LinkStep.down(
                                                Where.of(down.peer()),
                                                down.peer().linkName())))));
        Stream<Finding> unseen = dossier.obstacle(Obstacle.NoCarrier.class)
                .map(none -> finding(dossier, none.place())
                        .mendedBy(Remedy.advice(
                                "look at the cable, the switch port, or the other end of the virtual link")));
        return Stream.concat(seen, unseen);
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.DROPPED,
                                Side.REQUEST,
                                scene -> List.of(
                                        // so that its addresses are there again when it is set up
                                        new SysctlStep(scene.outside(), "net.ipv6.conf.all.keep_addr_on_down", "1"),
                                        LinkStep.down(scene.outside(), scene.outsideLink())))
                        .lastSeenAt(At.BRIDGE_IN)),
                "siblings",
                "two-bridges",
                "published",
                "two-networks",
                "routed");
    }

    private Finding finding(Dossier dossier, Place uplink) {
        return Finding.of(
                        this,
                        dossier.agreement(),
                        "%s is the way out of %s, and has no carrier: whatever is sent there is thrown away."
                                .formatted(uplink.linkName(), uplink.namespaceName()))
                .because(dossier.bracket())
                .because("link", uplink + " is up, and has no carrier");
    }

    /** Whether it is a router's way on: no bridge port, no end of the sender's own, no wire to one container alone. */
    static boolean isUplink(Dossier dossier, Obstacle.PeerDown down) {
        long source = dossier.prediction().question().source();
        Place near = down.near();
        return near.namespace() != source
                && down.peer().namespace() != source
                && dossier.namespace(near.namespace())
                        .filter(state -> state.link(near.link())
                                .filter(link -> link.master().isNone())
                                .isPresent())
                        .filter(state -> !isWire(state, near))
                        .isPresent();
    }

    /** Whether nothing but single hosts is routed there. */
    private static boolean isWire(NamespaceState state, Place near) {
        List<Route> routes = state.routes().stream()
                .filter(route -> route.table() != Route.TABLE_LOCAL
                        && !route.destination().address().isLinkLocal()
                        && !route.destination().address().isMulticast())
                .filter(route ->
                        route.nextHops().stream().anyMatch(hop -> hop.link().equals(near.link())))
                .toList();
        return !routes.isEmpty()
                && routes.stream().allMatch(route -> route.destination().isSingle());
    }
}
