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
import dev.lasthop.path.Place;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Drop;
import dev.lasthop.tracing.Sighting;
import dev.lasthop.wiring.step.Rate;
import dev.lasthop.wiring.step.TrafficStep;
import java.util.List;
import java.util.stream.Stream;

/** A queueing discipline has no room, or no leave, for the packet. */
public final class QdiscDrop implements Fault {
    private static final String REASON =
            "QDISC_"; // QDISC_DROP; from Linux 6.15 QDISC_OVERLIMIT, QDISC_CONGESTED … as well
    private static final Rate SLOW = new Rate(8_000);
    private static final int SMALLER_THAN_A_PING = 32;

    /** Stateless. */
    public QdiscDrop() {}

    @Override
    public Page page() {
        return new Page(
                "qdisc-drop",
                Group.SOCKETS,
                "A queueing discipline drops the packet",
                "The kernel drops it with QDISC_DROP where an interface sends, as it does for a link without carrier; but this link "
                        + "and its other end are up, and a queueing discipline that limits (tbf, htb, a short fifo) is on it.",
                "A token bucket at the interface's root is taken off; any other discipline is left to whoever set it up.");
    }

    @Override
    public boolean isIntermittent() {
        return true;
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        if (dossier.stop().obstacle().isPresent()) {
            return Stream.empty();
        }
        return dossier.observation().drops().stream()
                .filter(drop -> drop.reason().startsWith(REASON))
                .flatMap(drop -> dossier
                        .namespace(drop.namespace())
                        .flatMap(state -> state.link(drop.link())
                                .filter(link -> isOpen(dossier.before(), state, link))
                                .map(link -> finding(dossier, drop, state, link)))
                        .stream())
                .limit(1);
    }

    private static boolean isOpen(Snapshot snapshot, NamespaceState state, Link link) {
        return link.isUp()
                && link.carrier()
                && snapshot.lower(state, link)
                        .filter(peer -> !peer.link().isUp())
                        .isEmpty();
    }

    private Finding finding(Dossier dossier, Drop drop, NamespaceState state, Link link) {
        boolean some = dossier.observation().answered() > 0;
        Finding finding = Finding.of(
                        this,
                        0.93,
                        "%s %s is up and has carrier, and its queueing discipline %s throws %s packets away that are to leave by it: they come faster than it lets them go, or are larger than its bucket."
                                .formatted(state.name(), link.name(), link.qdisc(), some ? "some of the" : "the"))
                .on(drop.kind() == Sighting.Kind.REPLY ? Side.REPLY : Side.REQUEST)
                .because(dossier.bracket())
                .because("drop", "%s on %s %s".formatted(drop.reason(), state.name(), link.name()))
                .because("qdisc", "%s on %s %s".formatted(link.qdisc(), state.name(), link.name()))
                .mendedBy(remedy(Place.of(state, link), link.qdisc()));
        return some ? finding.as(Verdict.DEGRADED) : finding;
    }

    private static Remedy remedy(Place place, String qdisc) {
        String link = place.linkName();
        if (qdisc.equals("tbf")) {
            return Remedy.of(
                    "take the token bucket off " + link, "interface", new TrafficStep.Unlimit(Where.of(place), link));
        }
        return Remedy.advice(
                "raise the limit of the discipline, or take it off",
                Where.of(place).tc("-s qdisc show dev " + link));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(new TrafficStep.Limit(
                                scene.node(), scene.uplink(), SLOW, SMALLER_THAN_A_PING, SMALLER_THAN_A_PING)))
                .lastSeenAt(At.BRIDGE_IN));
    }
}
