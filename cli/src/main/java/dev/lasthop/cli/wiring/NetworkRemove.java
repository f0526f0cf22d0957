package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Network;
import java.util.List;

/** Removes a network that nothing is connected to. */
public final class NetworkRemove implements WiringCommand {
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
    public ExitCode run(Invocation invocation) {
        String name = invocation.argument(WiringWords.NAME);
        return WiringWords.with(invocation, wiring -> {
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planRemoveNetwork(name));
            }
            Network network = WiringWords.told(invocation, wiring.removeNetwork(name));
            return WiringWords.changed(invocation, wiring, network, "removed network " + network.name());
        });
    }
}
