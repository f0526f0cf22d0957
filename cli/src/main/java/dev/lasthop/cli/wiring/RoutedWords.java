package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Driver;
import dev.lasthop.wiring.RoutedDriver;
import java.util.List;

/** Driver {@code routed}, which has no options. */
record RoutedWords() implements DriverWords {
    @Override
    public String name() {
        return "routed";
    }

    @Override
    public List<Option<?>> options() {
        return List.of();
    }

    @Override
    public Driver read(Invocation invocation) {
        return new RoutedDriver();
    }
}
