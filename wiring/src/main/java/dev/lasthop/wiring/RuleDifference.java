package dev.lasthop.wiring;

import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.FirewallSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a chain's rules differ from those that it was made with: what is first seen of it, in words, with the rule's number. */
final class RuleDifference {
    private final String chain;
    private final Map<String, SetMessage> sets;

    /** @param sets by which the words of rules know what a look-up asks */
    RuleDifference(String chain, Map<String, SetMessage> sets) {
        this.chain = chain;
        this.sets = sets;
    }

    /** Empty where both treat every packet alike. */
    Optional<String> between(List<RuleMessage> made, List<RuleMessage> there) {
        List<List<String>> was = made.stream().map(this::meaning).toList();
        List<List<String>> is = there.stream().map(this::meaning).toList();
        if (was.equals(is)) {
            return Optional.empty();
        }
        if (is.isEmpty()) {
            return Optional.of(
                    "chain " + chain + " is empty, and had " + was.size() + (was.size() == 1 ? " rule" : " rules"));
        }
        int first = 0;
        while (first < was.size() && first < is.size() && was.get(first).equals(is.get(first))) {
            first++;
        }
        int behind = 0;
        while (behind < was.size() - first
                && behind < is.size() - first
                && was.get(was.size() - 1 - behind).equals(is.get(is.size() - 1 - behind))) {
            behind++;
        }
        int lost = was.size() - first - behind;
        int found = is.size() - first - behind;
        String rule = "rule " + (first + 1) + " of chain " + chain;
        String more = Math.max(lost, found) == 1 ? "" : ", and more behind it";
        if (lost == 0) {
            return Optional.of(rule + " is none of Lasthop's: " + words(there.get(first)) + more);
        }
        if (found == 0) {
            return Optional.of(rule + " is gone: " + words(made.get(first)) + more);
        }
        return Optional.of(rule + " is " + words(there.get(first)) + " and was " + words(made.get(first)) + more);
    }

    private List<String> meaning(RuleMessage rule) {
        return RuleMeaning.of(rule, sets);
    }

    private String words(RuleMessage rule) {
        return '"'
                + FirewallRule.of(
                                rule,
                                sets.values().stream()
                                        .map(set -> new FirewallSet(set, List.of()))
                                        .toList())
                        .text()
                + '"';
    }
}
