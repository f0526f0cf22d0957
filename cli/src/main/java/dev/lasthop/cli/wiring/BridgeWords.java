package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.wiring.BridgeDriver;
import dev.lasthop.wiring.Driver;
import java.util.List;

/** The options of driver {@code bridge}. */
record BridgeWords() implements DriverWords {
    static final Option<String> BRIDGE = Option.value(
            "bridge",
            "NAME",
            "the bridge's name; one that is there already is used and keeps what it has",
            Reader.text());

    @Override
    public String name() {
        return "bridge";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(BRIDGE);
    }

    @Override
    public Driver read(Invocation invocation) {
        return new BridgeDriver(invocation.find(BRIDGE));
    }
}
