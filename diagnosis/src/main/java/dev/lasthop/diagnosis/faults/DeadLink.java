package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Place;
import java.util.Optional;

/**
 * Where packets end that have to leave by a link whose other end is down. For up to a second after it went down the kernel still hands
 * them to the link, and they are seen there; that they got no further than before it is true all the same, and stays true.
 */
final class DeadLink {
    private DeadLink() {}

    static Finding bracket(Dossier dossier, Place near, Finding finding) {
        Optional<Ending.Stopped> predicted = dossier.predictedStop();
        if (predicted.isEmpty()
                || dossier.stop().side() == Side.REPLY && !dossier.stop().agrees()) {
            return finding;
        }
        Hop out = near.hop(Direction.OUT);
        boolean own = dossier.stop().side() == Side.REQUEST
                && near.namespace() == dossier.prediction().question().source();
        return own
                ? finding.between(Optional.of(out), dossier.stop().next()).as(Verdict.NOT_SENT)
                : finding.between(predicted.get().last(), Optional.of(out));
    }
}
