package dev.lasthop.topology;

import java.util.List;

/**
 * A table of rules.
 *
 * @param generation which of the kernel's two packet filters holds it
 * @param family {@code ip}, {@code ip6}, {@code inet}, {@code bridge}, {@code arp} or {@code netdev}
 * @param flags {@code NFT_TABLE_F_*}: dormant 1, owner 2
 */
public record FirewallTable(Generation generation, String family, String name, long handle, int flags) {
    /** nf_tables, or the tables that {@code iptables-legacy} edits. */
    public enum Generation {
        NF_TABLES,
        LEGACY
    }

    /** Kept apart so that a table can be named without its rules. */
    public static List<FirewallTable> none() {
        return List.of();
    }
}
