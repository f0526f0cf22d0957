package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;
import java.util.stream.Stream;

/** The masquerade rule names something that is no more. */
public final class MasqueradeWrong implements Fault {
    /** Stateless. */
    public MasqueradeWrong() {}

    @Override
    public Page page() {
        return new Page(
                "masquerade-wrong",
                Group.FIREWALL,
                "The masquerade rule names another network or interface",
                "As masquerade-missing, and there is a rule that was plainly meant for this: it names an interface that does not exist "
                        + "any more, or a network that the node does not have any more.",
                "A right rule is added, in a table of its own; the wrong one does no harm and stays.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Unreturned.in(dossier)
                .filter(lost -> MasqueradeMissing.isMissing(dossier, lost))
                .flatMap(lost -> SourceRules.miss(lost)
                        .map(rule -> MasqueradeMissing.finding(this, dossier, lost)
                                .because("rule", "the rule that was meant for it misses: " + rule.text())))
                .stream();
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NO_REPLY,
                        Side.REPLY,
                        scene -> Injected.wrongMasquerade(scene, Family.IPV4))
                .openSide());
    }
}
