package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.linux.Capability;
import dev.lasthop.wiring.Network;
import java.util.List;
import java.util.Set;

/** Removes a network that nothing is connected to. */
public final class NetworkRemove implements Command {
    /** Stateless. */
    public NetworkRemove() {}

    @Override
    public String name() {
        return "network rm";
    }

    @Override
    public String summary() {
        return "removes a network, and sets back what creating it changed";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.NAME);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(WiringWords.DRY_RUN);
    }

    @Override
    public Set<Capability> capabilities() {
        return WiringWords.CAPABILITIES;
    }

    @Override
    public List<String> withoutCapabilities() {
        return List.of(
                "lasthop ls, lasthop network ls: what is connected, where the state may be read",
                "lasthop faults: every cause of lost packets, how it is recognised and mended");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        String name = invocation.argument(WiringWords.NAME);
        return WiringWords.with(invocation, wiring -> {
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planRemoveNetwork(name));
            }
            Network network = WiringWords.told(invocation, wiring.removeNetwork(name));
            invocation
                    .output()
                    .result(
                            () -> WiringWords.json(wiring, network, List.of()),
                            () -> List.of("removed network " + network.name()));
            return ExitCode.DONE;
        });
    }
}
