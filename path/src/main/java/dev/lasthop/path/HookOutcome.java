package dev.lasthop.path;

import java.util.List;
import java.util.Optional;

/**
 * What the rules at one hook do with a packet.
 *
 * @param packet as it is afterwards: addresses, ports and marks may have changed
 * @param decisive for DROP, REJECT, STOLEN and UNKNOWN the rule or policy that decided; for ACCEPT the last one that accepted in words
 *     (empty where there was no chain at all)
 * @param matched every rule and policy that had a say, in order: for the evidence
 * @param nat the rule that changed the packet's addresses, if one did
 */
public record HookOutcome(
        PacketState packet,
        Verdict verdict,
        Optional<Decision> decisive,
        List<Decision> matched,
        Optional<Decision> nat) {
    public HookOutcome {
        matched = List.copyOf(matched);
    }

    public static HookOutcome untouched(PacketState packet) {
        return new HookOutcome(packet, Verdict.ACCEPT, Optional.empty(), List.of(), Optional.empty());
    }

    /** UNKNOWN: a rule that might decide looks at something that cannot be known beforehand. */
    public enum Verdict {
        ACCEPT,
        DROP,
        REJECT,
        QUEUE,
        UNKNOWN
    }

    /**
     * A rule, or a base chain's policy, that had a say.
     *
     * @param generation "nf_tables" or "legacy"
     * @param priority of the base chain, which orders the chains at one hook
     * @param chain the chain that holds the rule; {@code baseChain} is where the packet entered
     * @param handle the rule's handle (nf_tables) or position from 1 (legacy); 0 for a policy
     * @param policy whether it was the base chain's policy and no rule
     * @param text the rule as nft (or iptables) would write it
     * @param action what it did: "drop", "accept", "reject with icmp port-unreachable", "dnat to 10.0.0.2:80" …
     */
    public record Decision(
            String generation,
            String family,
            String table,
            String baseChain,
            String chain,
            Hook hook,
            int priority,
            long handle,
            boolean policy,
            String text,
            String action) {}
}
