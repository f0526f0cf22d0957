package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Scene;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.stream.Stream;

/** The interface has no address. */
public final class NoAddress implements Fault {
    /** Stateless. */
    public NoAddress() {}

    @Override
    public Page page() {
        return new Page(
                "no-address",
                Group.ADDRESSES,
                "The interface has no address of the family",
                "The address dump has none of the family (link-local ones do not count) on the "
                        + "interface that the packet would leave by.",
                "An address is added.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(dossier.obstacle(Obstacle.NoAddress.class), linkLocal(dossier))
                .map(none -> {
                    String link = none.link().map(place -> place.linkName()).orElse("its interface");
                    return Finding.of(
                                    this,
                                    dossier.agreement(),
                                    "%s has no %s address on %s that is good beyond its own link, so it can send nothing that could be answered."
                                            .formatted(
                                                    none.namespaceName(),
                                                    none.family() == Family.IPV4 ? "IPv4" : "IPv6",
                                                    link))
                            .because(dossier.bracket())
                            .because("link", "no address of the family on " + link + " in " + none.namespaceName())
                            .mendedBy(Surroundings.address(dossier, none));
                });
    }

    /** With nothing but its link-local address the sender can reach its own link, and nothing beyond. */
    private static Stream<Obstacle.NoAddress> linkLocal(Dossier dossier) {
        return dossier.obstacle(Obstacle.LinkLocalSource.class)
                .filter(local -> dossier.source().owns(local.source())
                        && Ipv6DadFailed.instead(dossier).isEmpty())
                .map(local -> new Obstacle.NoAddress(
                        dossier.source().inode(),
                        dossier.source().name(),
                        Family.IPV6,
                        dossier.prediction().request().elements(Stage.RoutingDecision.class).stream()
                                .map(Stage.RoutingDecision::out)
                                .findFirst()));
    }

    @Override
    public List<Injection> injections() {
        Injection four = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> lost(scene, Family.IPV4))
                .lastSeenAt(At.CONTAINER_OUT);
        Injection six = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED, // it sends from its link-local address, and the node does not send that on
                        Side.REQUEST,
                        scene -> lost(scene, Family.IPV6))
                .in(Family.IPV6)
                .lastSeenAt(At.BRIDGE_IN);
        return Injection.across(List.of(four, six), "siblings", "two-bridges", "published");
    }

    private static List<Step> lost(Scene scene, Family family) {
        return List.of(
                new AddressStep.Delete(scene.container(), scene.containerLink(), scene.containerAddress(family)));
    }
}
