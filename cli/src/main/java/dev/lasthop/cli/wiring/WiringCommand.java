package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Command;
import dev.lasthop.linux.Capability;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A command that changes what is connected. */
interface WiringCommand extends Command {
    @Override
    default Set<Capability> capabilities() {
        return EnumSet.of(Capability.NET_ADMIN, Capability.SYS_ADMIN);
    }

    @Override
    default List<String> withoutCapabilities() {
        return List.of(
                "lasthop ls, lasthop network ls: what is connected, where the state may be read",
                "lasthop faults: every cause of lost packets, how it is recognised and mended");
    }
}
