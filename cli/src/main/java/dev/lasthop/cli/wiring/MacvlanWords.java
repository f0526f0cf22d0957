package dev.lasthop.cli.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Driver;
import dev.lasthop.wiring.MacvlanDriver;
import dev.lasthop.wiring.step.LinkStep.MacvlanMode;
import java.util.List;

/** The options of driver {@code macvlan}. */
record MacvlanWords() implements DriverWords {
    private static final Option<IpAddress> SHIM = Option.value(
                    "shim",
                    "ADDRESS",
                    "macvlan: an interface of the host's own, so that it and its endpoints can talk; one a family",
                    IpAddress::parse)
            .repeated();

    @Override
    public String name() {
        return "macvlan";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(PARENT, MODE, SHIM);
    }

    @Override
    public Driver read(Invocation invocation) {
        return new MacvlanDriver(
                DriverWords.parent(invocation, name()),
                DriverWords.mode(invocation, MacvlanMode.class, MacvlanMode.BRIDGE),
                invocation.all(SHIM));
    }
}
