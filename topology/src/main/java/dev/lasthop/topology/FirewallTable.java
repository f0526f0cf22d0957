package dev.lasthop.topology;

import java.util.List;
import java.util.Optional;

/**
 * A table of rules.
 *
 * @param generation which of the kernel's two packet filters holds it
 * @param family {@code ip}, {@code ip6}, {@code inet}, {@code bridge}, {@code arp} or {@code netdev}
 * @param flags {@code NFT_TABLE_F_*}: dormant 1, owner 2
 * @param chains in the order in which they were made
 * @param sets sets, maps and verdict maps, the nameless ones of single rules among them
 */
public record FirewallTable(
        Generation generation,
        String family,
        String name,
        long handle,
        int flags,
        String comment,
        List<FirewallChain> chains,
        List<FirewallSet> sets) {
    public static final int DORMANT = 1;
    public static final int OWNED = 2;

    public FirewallTable {
        chains = List.copyOf(chains);
        sets = List.copyOf(sets);
    }

    /** nf_tables, or the tables that {@code iptables-legacy} edits. */
    public enum Generation {
        NF_TABLES,
        LEGACY;

        /** "nf_tables" or "legacy". */
        @Override
        public String toString() {
            return this == NF_TABLES ? "nf_tables" : "legacy";
        }
    }

    /** Whether its chains are not called at all. */
    public boolean isDormant() {
        return (flags & DORMANT) != 0;
    }

    public Optional<FirewallChain> chain(String chainName) {
        return chains.stream().filter(chain -> chain.name().equals(chainName)).findFirst();
    }

    public Optional<FirewallSet> set(String setName) {
        return sets.stream().filter(set -> set.name().equals(setName)).findFirst();
    }

    /** Who made it, as far as names and comments tell: {@code docker}, {@code podman}, {@code kubernetes} …; empty where they do not. */
    public String owner() {
        return FirewallOwner.of(this);
    }

    /** Who made this chain, or this rule; empty where nothing tells. */
    public String owner(FirewallChain chain, Optional<FirewallRule> rule) {
        return FirewallOwner.of(this, chain, rule);
    }
}
