package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.AttachDriver;
import dev.lasthop.wiring.Driver;
import java.util.List;

/** Driver {@code attach}, which has no options: {@code connect --link} says which interface. */
record AttachWords() implements DriverWords {
    @Override
    public String name() {
        return "attach";
    }

    @Override
    public List<Option<?>> options() {
        return List.of();
    }

    @Override
    public Driver read(Invocation invocation) {
        return new AttachDriver();
    }
}
