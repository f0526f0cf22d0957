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
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Somebody reloaded the firewall, and the network's own rules went with the old ones. */
public final class RulesFlushed implements Fault {
    private static final double SURE = 0.98;

    /** Stateless. */
    public RulesFlushed() {}

    @Override
    public Page page() {
        return new Page(
                "rules-flushed",
                Group.FIREWALL,
                "A firewall reload removed the network's rules",
                "What happens to the packet is what the network's own rules prevent, and these are gone: Lasthop's record declares "
                        + "them, or an engine's bridge with containers on it is there and none of the rules that the engine makes "
                        + "for it at that hook is.",
                "Lasthop's own rules are put back. For another engine's network the flow is accepted and the network masqueraded, "
                        + "until the engine is restarted and makes its rules anew.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(own(dossier), engines(dossier)).limit(1);
    }

    private Stream<Finding> own(Dossier dossier) {
        List<Dossier.Declared> lost = dossier.declared().stream()
                .filter(declared -> !declared.missing().isEmpty() && isConcerned(dossier, declared))
                .toList();
        return lost.stream().limit(1).map(declared -> {
            Finding finding = Finding.of(
                            this,
                            SURE,
                            "The network %s has lost rules that it was made with: %s. A reload of the firewall does that."
                                    .formatted(declared.network(), String.join("; ", declared.missing())))
                    .because(dossier.bracket())
                    .as(isUnreturned(dossier) ? unreturned(dossier) : Verdict.REFUSED)
                    .mendedBy(Remedy.of("put the network's rules back", "network", declared.repair()));
            for (String line : declared.missing()) {
                finding = finding.because("rule", "missing: " + line);
            }
            return finding;
        });
    }

    /** Whether the network's own rules would have translated what was lost. Rules of others drop with or without them. */
    private static boolean isConcerned(Dossier dossier, Dossier.Declared declared) {
        boolean untranslated = Unreturned.in(dossier)
                .filter(lost -> lost.router().name().equals(declared.namespace())
                        && MasqueradeMissing.isMissing(dossier, lost)
                        && declared.subnets().stream().anyMatch(subnet -> subnet.contains(lost.source())))
                .isPresent();
        return untranslated
                || dossier.obstacle(Obstacle.NoListener.class)
                        .anyMatch(none -> none.namespaceName().equals(declared.namespace())
                                && PublishMissing.applies(dossier, none)
                                && declared.ports().contains(none.port() + "/" + none.protocol()));
    }

    private static boolean isUnreturned(Dossier dossier) {
        return Unreturned.in(dossier).isPresent();
    }

    private static Verdict unreturned(Dossier dossier) {
        return Unreturned.in(dossier).filter(lost -> lost.far().isPresent()).isPresent()
                ? Verdict.NO_REPLY
                : Verdict.LEFT_HOST;
    }

    private Stream<Finding> engines(Dossier dossier) {
        return Stream.concat(dropped(dossier), untranslated(dossier));
    }

    /** A policy drops what the engine's rules, in the same chain, would have accepted. */
    private Stream<Finding> dropped(Dossier dossier) {
        return FilterEvidence.of(dossier).stream()
                .filter(found -> found.filtered().hook() == Hook.FORWARD
                        && !found.filtered().bridged()
                        && found.filtered()
                                .outcome()
                                .decisive()
                                .filter(Decision::policy)
                                .isPresent())
                .flatMap(found -> dropped(dossier, DropKind.classify(dossier, found)).stream());
    }

    private Optional<Finding> dropped(Dossier dossier, FilterDrops drop) {
        Obstacle.Filtered filtered = drop.filtered();
        Family family = filtered.outcome().packet().flow().family();
        if (drop.ruling().filter(Ruling::isIptables).isEmpty()) {
            return Optional.empty();
        }
        return dossier.namespace(filtered.namespace())
                .flatMap(host -> EngineRules.of(host, filtered.outcome().packet()))
                .filter(rules -> rules.hasNoForwarding(family))
                .map(rules -> {
                    var steps = new ArrayList<>(Acceptance.bothWays(dossier, drop));
                    if (rules.hasNoTranslation(family)) {
                        steps.addAll(masquerade(rules, family));
                    }
                    return finding(dossier, rules, "forward", steps)
                            .as(Verdict.DROPPED)
                            .on(drop.side());
                });
    }

    /** It leaves untranslated, and nothing of the engine's translation is left. */
    private Stream<Finding> untranslated(Dossier dossier) {
        return Unreturned.in(dossier)
                .filter(lost -> MasqueradeMissing.isMissing(dossier, lost))
                .flatMap(lost -> {
                    Family family = lost.source().family();
                    return EngineRules.of(lost.router(), lost.subnet())
                            .filter(rules -> rules.hasNoTranslation(family))
                            .map(rules -> finding(dossier, rules, "postrouting", masquerade(rules, family))
                                    .as(unreturned(dossier)));
                })
                .stream();
    }

    private Finding finding(Dossier dossier, EngineRules rules, String hook, List<Step> steps) {
        String bridge = rules.bridge().name();
        String engine = rules.engine();
        return Finding.of(
                        this,
                        SURE,
                        "%s has the bridge %s with containers on it, and none of the rules that %s makes for it at the %s hook is left. A reload of the firewall (or iptables -F) does that."
                                .formatted(rules.host().name(), bridge, engine, hook))
                .because(dossier.bracket())
                .because(
                        "rule",
                        "no rule at the %s hook speaks of %s or leads to %s's chains".formatted(hook, bridge, engine))
                .mendedBy(Remedy.of("do for this flow what the rules of " + engine + " did", "network", steps)
                        .persistently("restart " + engine + ", which makes all its rules anew"));
    }

    private static List<Step> masquerade(EngineRules rules, Family family) {
        Optional<Prefix> subnet = rules.subnet(family);
        if (subnet.isEmpty()) {
            return List.of();
        }
        String bridge = rules.bridge().name();
        OwnTable own = OwnTable.nat(
                Place.parse(rules.host().name()), OwnTable.of(family), OwnTable.MENDED, OwnTable.Hook.POSTROUTING);
        String words =
                "%s saddr %s oifname != \"%s\" masquerade".formatted(OwnTable.word(family), subnet.get(), bridge);
        return List.of(
                own.with(own.rule().source(subnet.get()).notOutputName(bridge).masquerade(), words)
                        .step());
    }

    /** The lab's bridge has the name that Docker gives its own. */
    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge", Injection.Ask.CONTAINER_PINGS_WORLD, Verdict.NO_REPLY, Side.REPLY, Injected::flush)
                .openSide());
    }
}
