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
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Stage;
import java.util.List;
import java.util.Optional;
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
        Optional<Unreturned> unreturned = Unreturned.atNode(dossier);
        return Stream.concat(
                unreturned
                        .filter(lost -> MasqueradeMissing.isMissing(dossier, lost))
                        .flatMap(lost -> SourceRules.miss(lost)
                                .map(rule -> MasqueradeMissing.finding(this, dossier, lost)
                                        .because("rule", "the rule that was meant for it misses: " + rule.text())))
                        .stream(),
                unreturned.stream().flatMap(lost -> toNobody(dossier, lost).stream()));
    }

    /** Translated, to an address of the link that it leaves by which nobody has. */
    private Optional<Finding> toNobody(Dossier dossier, Unreturned lost) {
        boolean near = lost.router().addresses(lost.out().link(), lost.source().family()).stream()
                .anyMatch(address -> address.prefix().contains(lost.source()));
        boolean owned =
                Neighborhood.owner(dossier, lost.router(), lost.source()).isPresent();
        if (!lost.isTranslated() || !near || owned) {
            return Optional.empty();
        }
        Optional<Decision> by = dossier.prediction().request().elements(Stage.NatRewrite.class).stream()
                .filter(rewrite -> rewrite.namespaceName().equals(lost.router().name())
                        && rewrite.after().source().equals(lost.source()))
                .flatMap(rewrite -> rewrite.by().stream())
                .findFirst();
        return by.map(rule -> Finding.of(
                        this,
                        0.97,
                        "%s translates the source to %s, by the rule '%s'; nobody has that address, so nobody takes the replies."
                                .formatted(lost.router().name(), lost.source(), rule.text()))
                .as(lost.far().isPresent() ? Verdict.NO_REPLY : Verdict.LEFT_HOST)
                .because(dossier.bracket())
                .because("rule", rule.family() + " " + rule.table() + " " + rule.chain() + ": " + rule.text())
                .mendedBy(MasqueradeMissing.before(lost)));
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
