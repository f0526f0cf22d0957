package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.MatchSettings;
import java.util.List;

/** Rules as nft would write them, near enough to be typed in again where nf_tables has words for them. */
final class RuleText {
    private final String family;
    private final List<FirewallSet> sets;

    /** For the rules of one table. */
    RuleText(String family, List<FirewallSet> sets) {
        this.family = family;
        this.sets = sets;
    }

    String of(List<Expression> expressions, String comment) {
        var writer = new RuleWriter(family, sets);
        expressions.forEach(writer::write);
        String said = comment.isEmpty() ? comment(expressions) : comment;
        return writer.text() + (said.isEmpty() ? "" : " comment \"" + said + "\"");
    }

    /** What rules of this table say of addresses, where nothing tells which family they are of. */
    static Family addresses(String family) {
        return family.equals("ip6") ? Family.IPV6 : Family.IPV4;
    }

    /** The comment that iptables left among the steps; empty where there is none. */
    static String comment(List<Expression> expressions) {
        for (Expression expression : expressions) {
            if (expression instanceof Extension.Match match
                    && MatchSettings.of(match) instanceof MatchSettings.Comment comment) {
                return comment.text();
            }
        }
        return "";
    }
}
