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
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.Place;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A private source leaves as it is, and nobody out there knows the way back. */
public final class MasqueradeMissing implements Fault {
    /** Stateless. */
    public MasqueradeMissing() {}

    @Override
    public Page page() {
        return new Page(
                "masquerade-missing",
                Group.FIREWALL,
                "A private source leaves by the uplink untranslated",
                "The request is seen on the uplink with the container's own source, which no rule of type nat translates; it arrives "
                        + "(or leaves this host), and the far end, or a router before it, has no way back to that address. Or a container calls itself by its published port, and its own source comes back to it.",
                "A rule that masquerades the container's network on that uplink, in a table of its own.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(leaving(dossier), Returned.findings(this, dossier));
    }

    private Stream<Finding> leaving(Dossier dossier) {
        return Unreturned.atNode(dossier)
                .filter(lost ->
                        isMissing(dossier, lost) && SourceRules.miss(lost).isEmpty())
                .map(lost -> leftAlone(dossier, lost)
                        .map(by -> untracked(dossier, lost, by))
                        .orElseGet(() -> untranslated(dossier, lost)))
                .stream();
    }

    private Finding untranslated(Dossier dossier, Unreturned lost) {
        return finding(this, dossier, lost)
                .because(
                        "rule",
                        lost.hasSourceTranslation()
                                ? "no rule of type nat in %s takes %s"
                                        .formatted(lost.router().name(), lost.source())
                                : "%s has no chain of type nat at its postrouting hook"
                                        .formatted(lost.router().name()));
    }

    /** The rule that keeps connection tracking from the packet, without which no rule of type nat is asked. */
    private static Optional<Decision> leftAlone(Dossier dossier, Unreturned lost) {
        return dossier.prediction().request().elements(Stage.FilterVerdict.class).stream()
                .filter(stage -> stage.namespaceName().equals(lost.router().name()) && stage.hook() == Hook.PREROUTING)
                .flatMap(stage -> stage.outcome().matched().stream())
                .filter(by -> by.action().contains("notrack"))
                .findFirst();
    }

    private Finding untracked(Dossier dossier, Unreturned lost, Decision by) {
        String chain = by.family() + " " + by.table() + " " + by.chain();
        return told(this, dossier, lost)
                .because(
                        "rule",
                        "%s: %s leaves them untracked, and no rule of type nat is asked".formatted(chain, by.text()))
                .mendedBy(Remedy.advice("let these packets be tracked: accept them in chain " + chain
                        + " before the rule that says notrack, or take that rule out"));
    }

    /** Whether it is translation that lacks, and not a route. */
    static boolean isMissing(Dossier dossier, Unreturned lost) {
        return !lost.isTranslated()
                && !lost.router().owns(lost.source())
                && lost.isFromOwnNetwork()
                && !lost.isRouted(dossier)
                && (lost.far().isPresent() || lost.source().isPrivate());
    }

    static Finding finding(Fault fault, Dossier dossier, Unreturned lost) {
        return told(fault, dossier, lost).mendedBy(remedy(lost));
    }

    private static Finding told(Fault fault, Dossier dossier, Unreturned lost) {
        boolean seen = lost.far().isPresent();
        String whom = lost.far().map(state -> state.name() + " has").orElse("nobody out there has");
        return Finding.of(
                        fault,
                        seen ? 0.96 : 0.92,
                        "The packets leave %s by %s with the source %s, which is not translated; %s no way back to it."
                                .formatted(lost.router().name(), lost.out().linkName(), lost.source(), whom))
                .as(seen ? lost.verdict(dossier) : Verdict.LEFT_HOST)
                .because(dossier.bracket())
                .because("seen", "the source is still %s at %s".formatted(lost.source(), lost.out()));
    }

    private static Remedy remedy(Unreturned lost) {
        return remedy(lost, lost.subnet(), OwnTable.Hook.POSTROUTING.natPriority());
    }

    /** Masquerades this source alone, in a chain that is asked before the usual ones. */
    static Remedy before(Unreturned lost) {
        Prefix sender = Prefix.of(lost.sent().source());
        return remedy(lost, sender, OwnTable.Hook.POSTROUTING.natPriority() - 10);
    }

    private static Remedy remedy(Unreturned lost, Prefix sources, int priority) {
        Place place = Place.parse(lost.router().name());
        Family family = lost.source().family();
        String uplink = lost.out().linkName();
        OwnTable own = OwnTable.nat(place, OwnTable.of(family), OwnTable.MENDED, OwnTable.Hook.POSTROUTING, priority);
        String words = "%s saddr %s oifname \"%s\" masquerade".formatted(OwnTable.word(family), sources, uplink);
        return Remedy.of(
                        "masquerade %s on %s".formatted(sources, uplink),
                        "network",
                        own.with(own.rule().source(sources).outputName(uplink).masquerade(), words)
                                .step())
                .persistently(
                        "put the table into /etc/nftables.conf, or the rule where the network's engine keeps its own");
    }

    @Override
    public List<Injection> injections() {
        return List.of(
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.NO_REPLY,
                                Side.REPLY,
                                scene -> Injected.masquerade(scene, Family.IPV4))
                        .openSide(),
                Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.NO_REPLY,
                                Side.REPLY,
                                scene -> Injected.masquerade(scene, Family.IPV6))
                        .in(Family.IPV6)
                        .openSide());
    }
}
