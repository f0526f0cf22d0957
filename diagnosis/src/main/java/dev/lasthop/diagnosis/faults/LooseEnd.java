package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.topology.Snapshot;
import java.util.Optional;

/**
 * A host end that lost its bridge while the container still remembers the bridge's MAC: frames go out to an address that is right and
 * reach the bare veth, where nobody has it.
 */
final class LooseEnd {
    private LooseEnd() {}

    static Optional<Obstacle.NotBridged> in(Dossier dossier) {
        return dossier.obstacle(Obstacle.WrongMac.class)
                .flatMap(wrong -> of(dossier, wrong).stream())
                .findFirst();
    }

    private static Optional<Obstacle.NotBridged> of(Dossier dossier, Obstacle.WrongMac wrong) {
        Snapshot snapshot = dossier.before();
        return snapshot.namespace(wrong.from().namespace())
                .flatMap(state -> state.link(wrong.from().link()).flatMap(link -> snapshot.lower(state, link)))
                .filter(end ->
                        end.link().kind().equals("veth") && end.link().master().isNone())
                .flatMap(end -> wrong.holders().stream()
                        .filter(holder -> holder.kind().equals("bridge")
                                && holder.namespace() == end.namespace().inode())
                        .findFirst()
                        .map(bridge -> new Obstacle.NotBridged(
                                Place.of(end.namespace(), end.link()), bridge, wrong.nextHop())));
    }
}
