package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
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
import dev.lasthop.wiring.step.Place;
import java.util.List;
import java.util.stream.Stream;

/** The port is published, but not on the address that was called. */
public final class PublishAddress implements Fault {
    /** Stateless. */
    public PublishAddress() {}

    @Override
    public Page page() {
        return new Page(
                "publish-address",
                Group.FIREWALL,
                "The port is published on another address",
                "A rule of type nat leads this port into a container, but for another destination address (127.0.0.1, another of the "
                        + "node's), or for the other family, where the called one has no chain to publish with.",
                "The port is published on the address that was called, too.");
    }

    /**
     * The rules that publish the port, none of which took the packet. Those of the other family do not count where the node has a chain to
     * publish with in this one: there the port was published too, and its rule is gone.
     */
    static List<DestinationRules.Found> rules(Dossier dossier, Obstacle.NoListener none) {
        return dossier.namespace(none.namespace()).stream()
                .flatMap(state -> DestinationRules.of(state, none.protocol(), none.port()).stream()
                        .filter(found -> found.target().address().family()
                                        == none.address().family()
                                || !DestinationRules.publishes(
                                        state, none.address().family())))
                .toList();
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.NoListener.class)
                .filter(none -> PublishMissing.applies(dossier, none))
                .flatMap(none -> rules(dossier, none).stream().limit(1).map(found -> finding(dossier, none, found)));
    }

    private Finding finding(Dossier dossier, Obstacle.NoListener none, DestinationRules.Found found) {
        return Finding.of(
                        this,
                        Math.max(dossier.agreement(), 0.9),
                        "%s publishes port %d, but not on %s: the rule '%s' does not take what goes there."
                                .formatted(
                                        none.namespaceName(),
                                        none.port(),
                                        dossier.asked().address(),
                                        found.rule().text()))
                .as(Verdict.REFUSED)
                .on(Side.REQUEST)
                .because(dossier.bracket())
                .because(
                        "rule",
                        found.table().family() + " " + found.table().name() + ": "
                                + found.rule().text())
                .mendedBy(remedy(dossier, none, found));
    }

    private static Remedy remedy(Dossier dossier, Obstacle.NoListener none, DestinationRules.Found found) {
        Family family = dossier.asked().address().family();
        DestinationRules.Target target = found.target();
        if (target.address().family() != family) {
            return Remedy.advice(
                    "publish it for " + family + " too",
                    "lasthop publish ENDPOINT [" + none.address() + "]:" + none.port() + ":PORT/" + none.protocol());
        }
        Place place = Place.parse(none.namespaceName());
        OwnTable own = OwnTable.nat(place, OwnTable.of(family), OwnTable.MENDED, OwnTable.Hook.PREROUTING);
        String to = family == Family.IPV6
                ? "[" + target.address() + "]"
                : target.address().toString();
        int port = target.port() == 0 ? none.port() : target.port();
        String words = "%s daddr %s %s dport %d dnat to %s:%d"
                .formatted(OwnTable.word(family), none.address(), none.protocol(), none.port(), to, port);
        return Remedy.of(
                "publish it on " + none.address() + " too",
                "host",
                own.with(
                                own.rule()
                                        .destination(Prefix.of(none.address()))
                                        .destinationPort(none.protocol(), none.port())
                                        .destinationNat(target.address(), port),
                                words)
                        .step());
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "published",
                Injection.Ask.OUTSIDE_CALLS_PUBLISHED,
                Verdict.REFUSED,
                Side.REQUEST,
                scene -> Injected.narrowPublishing(scene, Family.IPV4)));
    }
}
