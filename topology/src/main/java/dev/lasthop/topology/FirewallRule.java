package dev.lasthop.topology;

import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
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
