package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.NamespaceState;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A rule that had a say, or a chain's policy, found again in the rule set that it belongs to. */
record Ruling(NamespaceState namespace, FirewallTable table, FirewallChain chain, Optional<FirewallRule> rule) {
    private static final Set<String> LIMITING =
            Set.of("limit", "hashlimit", "statistic", "connlimit", "quota", "numgen", "recent");
    private static final Set<String> IPTABLES_TABLES = Set.of("filter", "nat", "mangle", "raw", "security");
    private static final Set<String> BUILT_IN = Set.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

    static Optional<Ruling> of(Dossier dossier, long namespace, Decision decision) {
        return dossier.namespace(namespace).flatMap(state -> of(state, decision));
    }

    static Optional<Ruling> of(NamespaceState state, Decision decision) {
        return state.firewall().tables().stream()
                .filter(table -> table.generation().toString().equals(decision.generation())
                        && table.family().equals(decision.family())
                        && table.name().equals(decision.table()))
                .findFirst()
                .flatMap(table -> table.chain(decision.chain())
                        .map(chain -> new Ruling(
                                state,
                                table,
                                chain,
                                chain.rules().stream()
                                        .filter(rule -> !decision.policy() && rule.handle() == decision.handle())
                                        .findFirst())));
    }

    /** Who made it; empty where nothing tells. */
    String owner() {
        return table.owner(chain, rule);
    }

    /** Whether the rule lets only so much pass, by rate, share or number. */
    static boolean limits(FirewallRule rule) {
        return rule.expressions().stream()
                        .anyMatch(step -> LIMITING.contains(step.name())
                                || step instanceof Extension.Match match && LIMITING.contains(match.extension()))
                || rule.text().contains("limit rate") && !rule.text().contains("log");
    }

    /** Whether the rule is about ICMP and nothing else. */
    static boolean isAboutIcmp(FirewallRule rule) {
        String text = rule.text().toLowerCase(Locale.ROOT).replaceAll("comment \"[^\"]*\"|reject with \\S+ \\S+", "");
        return text.contains("icmp")
                || rule.expressions().stream()
                        .anyMatch(step -> step instanceof Extension.Match match
                                && match.extension().startsWith("icmp"));
    }

    /** Whether the rule asks for packets that connection tracking takes for invalid. */
    static boolean asksForInvalid(FirewallRule rule) {
        return rule.text().toLowerCase(Locale.ROOT).contains("invalid");
    }

    /** Whether iptables keeps this table: what is put into it must be readable for iptables too. */
    boolean isIptables() {
        return (table.family().equals("ip") || table.family().equals("ip6"))
                && IPTABLES_TABLES.contains(table.name())
                && table.chains().stream().anyMatch(known -> known.isBase() && BUILT_IN.contains(known.name()));
    }

    boolean isLegacy() {
        return table.generation() == FirewallTable.Generation.LEGACY;
    }

    /** The rules of the chain that come before it: all of them, for a policy. */
    List<FirewallRule> before() {
        return rule.map(own -> chain.rules().stream()
                        .takeWhile(other -> other.handle() != own.handle())
                        .toList())
                .orElse(chain.rules());
    }

    /** "ip filter FORWARD". */
    String where() {
        return (isLegacy() ? "legacy " : "") + table.family() + " " + table.name() + " " + chain.name();
    }
}
