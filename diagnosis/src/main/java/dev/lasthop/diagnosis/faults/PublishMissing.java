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
import dev.lasthop.path.Obstacle;
import java.util.List;
import java.util.stream.Stream;

/** A node's port leads nowhere. */
public final class PublishMissing implements Fault {
    /** Stateless. */
    public PublishMissing() {}

    @Override
    public Page page() {
        return new Page(
                "publish-missing",
                Group.FIREWALL,
                "The port is not published",
                "The packet reaches the node itself, where nobody listens on the port and no rule of type nat leads it on into a "
                        + "container.",
                "The port is published.");
    }

    /** Whether the port that nobody listens on is a node's, which may lead into a container: then it is no matter of a service. */
    static boolean applies(Dossier dossier, Obstacle.NoListener none) {
        return DestinationRules.isNode(dossier, none);
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoListener.class)
                .filter(none -> applies(dossier, none) && none.near().isEmpty())
                .filter(none -> PublishAddress.rules(dossier, none).isEmpty())
                .map(none -> Finding.of(
                                this,
                                Math.max(dossier.agreement(), 0.9),
                                "The packets reach %s itself, and %s port %d there is neither anybody's nor led into a container: no rule of type nat has it."
                                        .formatted(none.namespaceName(), none.protocol(), none.port()))
                        .as(Verdict.REFUSED)
                        .on(Side.REQUEST)
                        .because(dossier.bracket())
                        .because(
                                "rule",
                                "no rule in %s translates %s port %d"
                                        .formatted(none.namespaceName(), none.protocol(), none.port()))
                        .because("socket", "nobody listens on port " + none.port() + " in " + none.namespaceName())
                        .mendedBy(Remedy.advice(
                                "publish the port, naming the container that it is to lead to",
                                "lasthop publish ENDPOINT " + none.port() + ":PORT/" + none.protocol())));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "published",
                        Injection.Ask.OUTSIDE_CALLS_PUBLISHED,
                        Verdict.REFUSED,
                        Side.REQUEST,
                        scene -> Stream.of(Family.IPV4, Family.IPV6)
                                .flatMap(family -> Injected.publishing(scene, family).stream())
                                .toList())
                .notMendable());
    }
}
