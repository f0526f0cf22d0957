package dev.lasthop.topology;

import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.MatchSettings;
import java.util.List;
import java.util.stream.Collectors;

/** Rules as nft would write them. */
final class RuleText {
    RuleText(String family, List<FirewallSet> sets) {}

    String of(List<Expression> expressions, String comment) {
        return expressions.stream().map(Expression::name).collect(Collectors.joining(" "));
    }

    /** The comment that iptables left among the steps; empty where there is none. */
    static String comment(List<Expression> expressions) {
        return expressions.stream()
                .map(e ->
                        e instanceof Extension.Match match && MatchSettings.of(match) instanceof MatchSettings.Comment c
                                ? c.text()
                                : "")
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }
}
