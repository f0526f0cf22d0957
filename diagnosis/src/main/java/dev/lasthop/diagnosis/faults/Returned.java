package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.Place;
import java.util.stream.Stream;

/**
 * A container that calls itself by its published port: the node leads the packet back to where it came from, and the sender drops a packet
 * that comes in with its own address as the source. Neither of the two addresses is wrong; the node has to put its own in between.
 */
final class Returned {
    private Returned() {}

    static boolean toSender(Dossier dossier, Obstacle.LocalSource local) {
        return local.input().namespace() == dossier.prediction().question().source()
                && dossier.stop().side() == Side.REQUEST
                && DestinationRules.rewrite(dossier).isPresent();
    }

    static Stream<Finding> findings(Fault fault, Dossier dossier) {
        return dossier.obstacle(Obstacle.LocalSource.class)
                .filter(local -> toSender(dossier, local))
                .flatMap(local ->
                        DestinationRules.rewrite(dossier)
                                .map(rewrite -> finding(fault, dossier, local, rewrite))
                                .stream());
    }

    private static Finding finding(Fault fault, Dossier dossier, Obstacle.LocalSource local, Stage.NatRewrite rewrite) {
        return Finding.of(
                        fault,
                        dossier.agreement(),
                        "%s calls itself by way of %s, which leads port %d back to it and leaves the source as it is: a packet that comes in with the receiver's own address as its source is dropped as forged."
                                .formatted(
                                        local.input().namespaceName(),
                                        rewrite.namespaceName(),
                                        rewrite.before().destinationPort()))
                .as(Verdict.DROPPED)
                .because(dossier.bracket())
                .because("seen", "the source is still %s at %s".formatted(local.source(), local.input()))
                .mendedBy(remedy(rewrite, local.source()));
    }

    private static Remedy remedy(Stage.NatRewrite rewrite, IpAddress self) {
        Family family = self.family();
        OwnTable own = OwnTable.nat(
                Place.parse(rewrite.namespaceName()), OwnTable.of(family), OwnTable.MENDED, OwnTable.Hook.POSTROUTING);
        Prefix alone = Prefix.of(self);
        String word = OwnTable.word(family);
        return Remedy.of(
                "masquerade what %s sends to itself by way of the node".formatted(self),
                "flow",
                own.with(
                                own.rule().source(alone).destination(alone).masquerade(),
                                "%s saddr %s %s daddr %s masquerade".formatted(word, self, word, self))
                        .step());
    }
}
