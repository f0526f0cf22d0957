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
import dev.lasthop.path.Path;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.ConntrackStep;
import dev.lasthop.wiring.step.Place;
import java.util.List;
import java.util.stream.Stream;

/** A connection that was tracked before still goes where the rules no longer lead. */
public final class StaleConntrack implements Fault {
    /** Stateless. */
    public StaleConntrack() {}

    @Override
    public Page page() {
        return new Page(
                "stale-conntrack",
                Group.FIREWALL,
                "An old connection tracking entry still decides",
                "Rules of type nat are asked for a connection's first packet only. The flow belongs to an entry that was made when they "
                        + "said something else, and every further packet keeps it alive; without the entry the flow would pass.",
                "The entry is deleted: the next packet is looked at anew.");
    }

    @Override
    public boolean isIntermittent() {
        return true;
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Path path = dossier.broken();
        if (path.isDelivered()) {
            return Stream.empty();
        }
        return path.elements(Stage.OldConnection.class).stream()
                .filter(old -> isToBlame(dossier, old))
                .limit(1)
                .map(old -> Finding.of(
                                this,
                                Math.max(dossier.agreement(), 0.6) + 0.02,
                                "%s still has a connection tracked for this flow from when its rules were others: it takes the packets to %s, where the present rules would not."
                                        .formatted(
                                                old.namespaceName(),
                                                old.entry().reply().source()))
                        .because(dossier.bracket())
                        .because(
                                "conntrack",
                                "%s, replies %s, for %d more seconds"
                                        .formatted(
                                                old.entry().original(),
                                                old.entry().reply(),
                                                old.entry().timeout()))
                        .mendedBy(Remedy.of(
                                "forget the old connection",
                                "flow",
                                new ConntrackStep.Delete(
                                        Place.parse(old.namespaceName()),
                                        old.entry().original()))));
    }

    @Override
    public List<Injection> injections() {
        return Injection.inEach(family -> Injection.of(
                "published",
                Injection.Ask.OUTSIDE_CALLS_PUBLISHED_AGAIN,
                Verdict.DROPPED,
                Side.REQUEST,
                scene -> Injected.rememberedPublishing(scene, family)));
    }

    /** Whether the flow would pass, or get further than this, if nothing were remembered of it there. */
    private static boolean isToBlame(Dossier dossier, Stage.OldConnection old) {
        Prediction other = Unremembered.predict(dossier, old.namespaceName());
        return other.isHealthy()
                || other.request().isDelivered()
                        && !dossier.prediction().request().isDelivered()
                || !other.request()
                                .passages()
                                .equals(dossier.prediction().request().passages())
                        && !other.request()
                                .obstacle()
                                .equals(dossier.prediction().request().obstacle());
    }
}
