package dev.lasthop.topology;

import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.Statement;
import java.util.List;

/**
 * A rule: checks, then what is done if all of them hold.
 *
 * @param handle by which nf_tables names it; for the older tables its position in the chain, from 1
 * @param text as nft would write it
 */
public record FirewallRule(long handle, List<Expression> expressions, String comment, String text) {
    public FirewallRule {
        expressions = List.copyOf(expressions);
    }

    /**
     * A rule of nf_tables.
     *
     * @param sets those of its table, which it may name
     */
    public static FirewallRule of(RuleMessage rule, List<FirewallSet> sets) {
        return of(rule, new RuleText(rule.familyName(), sets));
    }

    static FirewallRule of(RuleMessage rule, RuleText text) {
        List<Expression> expressions = rule.expressions();
        String comment = rule.comment().isEmpty() ? RuleText.comment(expressions) : rule.comment();
        return new FirewallRule(rule.handle(), expressions, comment, text.of(expressions, rule.comment()));
    }

    /** How many packets got to its counter; 0 where it has none. */
    public long packets() {
        return expressions.stream()
                .mapToLong(e -> e instanceof Statement.Counter counter ? counter.packets() : 0)
                .sum();
    }

    /** Whether it has a counter at all. */
    public boolean counts() {
        return expressions.stream().anyMatch(Statement.Counter.class::isInstance);
    }

    /** Whether it consists of x_tables extensions in part: made by iptables. */
    public boolean hasExtensions() {
        return expressions.stream().anyMatch(Extension.class::isInstance);
    }
}
