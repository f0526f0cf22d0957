package dev.lasthop.path.filter;

import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.FirewallTable;

/** A base chain in its table. */
record BaseChain(FirewallTable table, FirewallChain chain, FirewallChain.Entry entry) {
    boolean isNat() {
        return entry.type().equals("nat");
    }

    Decision policy(Hook hook, String action) {
        String text = "policy " + (entry.acceptsByDefault() ? "accept" : "drop");
        return decision(hook, chain, 0, true, text, action);
    }

    Decision rule(Hook hook, FirewallChain holder, FirewallRule rule, String action) {
        return decision(hook, holder, rule.handle(), false, rule.text(), action);
    }

    private Decision decision(
            Hook hook, FirewallChain holder, long handle, boolean policy, String text, String action) {
        return new Decision(
                table.generation().toString(),
                table.family(),
                table.name(),
                chain.name(),
                holder.name(),
                hook,
                entry.priority(),
                handle,
                policy,
                text,
                action);
    }
}
