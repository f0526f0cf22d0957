package dev.lasthop.tracing;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import java.util.List;
import java.util.Optional;

/**
 * The kernel threw away a packet of a probe, and said so.
 *
 * @param namespace by inode; 0 where the packet no longer said
 * @param link the interface that the packet was at; 0 where it no longer said
 * @param reason the name without its prefix: {@code NETFILTER_DROP}; {@code NOT_SPECIFIED} where the kernel gives none
 * @param function the function that freed it; a name moves between kernels, so no rule rests on it alone
 * @param stack the functions that led there, innermost first; may be empty
 * @param flow as in {@link Sighting}
 */
public record Drop(
        long nanos,
        long namespace,
        IfIndex link,
        String reason,
        String function,
        List<String> stack,
        Sighting.Kind kind,
        Optional<Flow> flow,
        int probe) {
    public Drop {
        stack = List.copyOf(stack);
    }

    /** Whether a function of this name is on the stack, or is where the packet was freed. */
    public boolean passed(String name) {
        return function.startsWith(name) || stack.stream().anyMatch(frame -> frame.startsWith(name));
    }
}
