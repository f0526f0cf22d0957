package dev.lasthop.cli.frame;

import dev.lasthop.linux.Capability;
import dev.lasthop.linux.KernelException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rights that a command lacked, and what its user can do without them.
 *
 * @param missing empty where no right was lacking, or the command did not fail for that
 * @param works command lines, each with what it does
 */
record Shortfall(Set<Capability> missing, List<String> works) {
    private static final Shortfall NONE = new Shortfall(Set.of(), List.of());

    static Shortfall of(CommandException failure, Optional<Command> command) {
        if (failure.exitCode() != ExitCode.UNSUPPORTED || command.isEmpty()) {
            return NONE;
        }
        Set<Capability> missing = EnumSet.noneOf(Capability.class);
        missing.addAll(command.get().capabilities());
        try {
            missing.removeAll(Capability.effective());
        } catch (KernelException e) {
            return NONE; // who cannot even ask is not told anything more
        }
        return missing.isEmpty() ? NONE : new Shortfall(missing, command.get().withoutCapabilities());
    }

    /** {@code CAP_NET_ADMIN} and so on. */
    List<String> names() {
        return missing.stream().map(Capability::kernelName).toList();
    }
}
