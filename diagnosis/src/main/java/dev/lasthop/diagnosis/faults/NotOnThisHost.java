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
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.RouteStep;
import java.util.List;
import java.util.stream.Stream;

/** What is wrong is outside. */
public final class NotOnThisHost implements Fault {
    /** Stateless. */
    public NotOnThisHost() {}

    @Override
    public Page page() {
        return new Page(
                "not-on-this-host",
                Group.ROUTING,
                "The packet left this host unharmed; what is wrong is outside",
                "It is seen on the uplink, outward, with a source that can be answered, and nothing " + "comes back.",
                "The causes outside, each with its test.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        if (!(dossier.prediction().request().ending() instanceof dev.lasthop.path.Ending.LeftHost left)) {
            return Stream.empty();
        }
        boolean seen = dossier.observation()
                        .seen(
                                left.hop().namespace(),
                                left.hop().link(),
                                left.hop().direction(),
                                dev.lasthop.tracing.Sighting.Kind.REQUEST)
                > 0;
        boolean strayed = dossier.hops().stream().anyMatch(hop -> hop.side() == Side.REPLY && hop.seen() > 0);
        if (!seen || strayed) {
            return Stream.empty();
        }
        return Stream.of(Finding.of(
                        this,
                        0.8,
                        "The packets left %s by %s as they should, and nothing came back. Nothing on this host explains that."
                                .formatted(
                                        left.hop().namespaceName(), left.hop().linkName()))
                .as(Verdict.LEFT_HOST)
                .because(dossier.bracket())
                .mendedBy(Remedy.advice(
                        "look outside: is the destination up, does it (or a firewall before it) answer, has it a route back?",
                        "the same destination from another host",
                        "a capture on the destination's own interface")));
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.LEFT_HOST,
                                Side.REQUEST,
                                scene -> List.of(
                                        new LinkStep.Create(scene.node(), "wan9", new LinkStep.Ifb()),
                                        LinkStep.up(scene.node(), "wan9"),
                                        new RouteStep.Add(
                                                scene.node(),
                                                Where.host(scene.world(family)).on("wan9"))))
                        .lastSeenAt(scene -> scene.node().label() + " wan9 out")
                        .notMendable()),
                "siblings",
                "two-bridges",
                "published",
                "two-networks");
    }
}
