package dev.lasthop.topology;

import java.util.List;
import java.util.Optional;

/**
 * A chain of rules.
 *
 * @param entry where the kernel calls it; empty for a chain that only others jump to
 * @param rules in the order in which they are asked
 */
public record FirewallChain(String name, long handle, Optional<Entry> entry, String comment, List<FirewallRule> rules) {
    public FirewallChain {
        rules = List.copyOf(rules);
    }

    public boolean isBase() {
        return entry.isPresent();
    }

    /**
     * What makes a chain a base chain.
     *
     * @param hook {@code prerouting}, {@code input}, {@code forward}, {@code output}, {@code postrouting}, {@code ingress} or
     *     {@code egress}
     * @param type {@code filter}, {@code nat} or {@code route}
     * @param acceptsByDefault its policy, for packets that no rule decides on
     * @param devices for ingress and egress
     */
    public record Entry(String hook, int priority, String type, boolean acceptsByDefault, List<String> devices) {
        public Entry {
            devices = List.copyOf(devices);
        }
    }
}
