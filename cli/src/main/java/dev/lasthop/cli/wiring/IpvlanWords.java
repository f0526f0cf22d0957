package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Driver;
import dev.lasthop.wiring.IpvlanDriver;
import dev.lasthop.wiring.step.LinkStep.IpvlanMode;
import java.util.List;

/** The options of driver {@code ipvlan}. */
record IpvlanWords() implements DriverWords {
    @Override
    public String name() {
        return "ipvlan";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(PARENT, MODE);
    }

    @Override
    public Driver read(Invocation invocation) {
        return new IpvlanDriver(
                DriverWords.parent(invocation, name()), DriverWords.mode(invocation, IpvlanMode.class, IpvlanMode.L2));
    }
}
