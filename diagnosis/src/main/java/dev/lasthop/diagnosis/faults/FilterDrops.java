package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the packet filter did to the packets of the journey that broke: one rule or policy, and the one id of the catalogue that it goes
 * by.
 *
 * @param id the fault's
 * @param confidence from 0 to 1
 * @param traced whether nf_tables' own trace names the same rule
 */
record FilterDrops(
        String id, Side side, Obstacle.Filtered filtered, Optional<Ruling> ruling, double confidence, boolean traced) {

    /** The drop, if there was one and it goes by this id; at most one. */
    static Stream<FilterDrops> in(Dossier dossier, String id) {
        return FilterEvidence.of(dossier).map(found -> DropKind.classify(dossier, found)).stream()
                .filter(drop -> drop.id().equals(id));
    }

    Finding finding(Fault fault, Dossier dossier) {
        Finding finding = Finding.of(fault, confidence, explanation(dossier)).on(side);
        boolean lost = dossier.observation().answered() == 0;
        if (lost && filtered.outcome().verdict() == HookOutcome.Verdict.REJECT) {
            finding = finding.as(Verdict.REFUSED);
        } else if (lost && isOwnOutput(dossier)) {
            finding = finding.as(Verdict.NOT_SENT).between(firstHop(dossier), Optional.empty());
        } else if (lost && !isDiscovery()) { // without it the packets themselves were never sent
            finding = finding.as(Verdict.DROPPED);
        }
        finding = finding.because(dossier.bracket()).because("rule", ruleText());
        if (traced) {
            finding = finding.because("rule", "nf_tables' trace says so of the probe itself");
        }
        for (Decision decision : filtered.outcome().matched()) {
            if (isAccept(decision)
                    && Set.of("accept-not-final", "legacy-and-nft").contains(id)) {
                finding = finding.because("rule", "accepted before that: " + text(decision));
            }
        }
        return Acceptance.remedies(dossier, this).reduce(finding, Finding::mendedBy, (first, second) -> second);
    }

    Optional<Decision> decision() {
        return filtered.outcome().decisive();
    }

    static boolean isAccept(Decision decision) {
        return !decision.policy()
                && (decision.action().equals("accept") || decision.action().endsWith(", accept"));
    }

    private boolean isDiscovery() {
        return filtered.outcome().packet().isNeighborDiscovery();
    }

    private boolean isOwnOutput(Dossier dossier) {
        return side == Side.REQUEST
                && filtered.hook() == Hook.OUTPUT
                && filtered.namespace() == dossier.prediction().question().source();
    }

    /** The source's interface that it would have left by. */
    private Optional<Hop> firstHop(Dossier dossier) {
        return dossier.namespace(filtered.namespace())
                .flatMap(state -> state.link(filtered.outcome().packet().out())
                        .or(() -> state.links().stream()
                                .filter(link -> !link.isLoopback())
                                .findFirst())
                        .map(link -> new Hop(state.inode(), state.name(), link.index(), link.name(), Direction.OUT)));
    }

    private String explanation(Dossier dossier) {
        String what = isDiscovery() ? "neighbour discovery" : side == Side.REQUEST ? "packet" : "reply";
        String how = filtered.outcome().verdict() == HookOutcome.Verdict.REJECT ? "rejects" : "drops";
        String whose = ruling.map(Ruling::owner)
                .filter(owner -> !owner.isEmpty())
                .map(owner -> " (of " + owner + ")")
                .orElse("");
        String which = decision()
                .map(by -> by.policy()
                        ? "no rule of chain %s takes it, and the chain's policy is to drop".formatted(chain(by))
                        : "the rule '%s' in chain %s decides that".formatted(by.text(), chain(by)))
                .orElse("its rules decide that");
        return "%s %s the %s to %s at its %s hook: %s%s.%s"
                .formatted(
                        filtered.namespaceName(),
                        how,
                        what,
                        filtered.outcome().packet().flow().destination(),
                        filtered.hook(),
                        which,
                        whose,
                        more(dossier));
    }

    private String more(Dossier dossier) {
        return switch (id) {
            case "bridge-netfilter" ->
                " The packet never leaves the bridge: it gets there only because net.bridge.bridge-nf-call-ip"
                        + (filtered.outcome().packet().flow().family() == dev.lasthop.address.Family.IPV4 ? "" : "6")
                        + "tables is 1.";
            case "accept-not-final" ->
                " An accept in a chain that is asked earlier is not final: it ends that chain only, and every later one is asked again.";
            case "conntrack-invalid" ->
                " Connection tracking takes the packet for invalid: it has not seen the conversation's beginning, or its packets take another way back.";
            case "legacy-and-nft" ->
                " That rule set is of the other generation than the one that is meant to decide here, and is easily forgotten: both are asked.";
            case "icmp-blocked" ->
                " TCP to the same place would pass: a failing ping says nothing about the path here.";
            case "rate-limited" -> " It lets a part of the packets pass only.";
            case "network-isolation" -> " Both networks are kept apart on purpose.";
            default -> dossier.observation().answered() > 0 ? " Some of the packets pass." : "";
        };
    }

    private String ruleText() {
        return decision().map(FilterDrops::text).orElse("a rule at hook " + filtered.hook());
    }

    private static String text(Decision decision) {
        return chain(decision) + ": " + decision.text() + (decision.handle() == 0 ? "" : " (" + number(decision) + ")");
    }

    private static String number(Decision decision) {
        return (decision.generation().equals("legacy") ? "rule " : "handle ") + decision.handle();
    }

    private static String chain(Decision decision) {
        return (decision.generation().equals("legacy") ? "legacy " : "") + decision.family() + " " + decision.table()
                + " " + decision.chain();
    }
}
