package dev.lasthop.tracing;

/**
 * What the packet filter said of a probe, from nf_tables' own trace.
 *
 * @param handle the rule's; 0 for a policy
 * @param policy whether the base chain's policy spoke
 * @param verdict {@code accept}, {@code drop}, {@code continue}, {@code jump} …
 */
public record RuleTrace(
        long nanos,
        long namespace,
        String family,
        String table,
        String chain,
        long handle,
        boolean policy,
        String verdict,
        Sighting.Kind kind) {}
