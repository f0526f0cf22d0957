package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.wiring.BridgePort;
import dev.lasthop.wiring.Settings;
import java.util.List;
import java.util.OptionalInt;

/** How a bridge treats its ports, on the command line: of one endpoint, or of all of a network. */
final class BridgePortWords {
    private static final Option<Boolean> HAIRPIN =
            Option.flag("hairpin", "the bridge sends back by a port what came in by it");
    private static final Option<Boolean> ISOLATED =
            Option.flag("isolated", "isolated endpoints reach the gateway, but not each other");
    private static final Option<Integer> VLAN = Option.value(
            "vlan",
            "NUMBER",
            "the VLAN that the endpoint is in, out of reach of the gateway and of other VLANs",
            Reader.integer(1, 4094));

    static final List<Option<?>> OPTIONS = List.of(HAIRPIN, ISOLATED, VLAN);

    private BridgePortWords() {}

    static Settings add(Settings settings, Invocation invocation) {
        var port = new BridgePort(
                invocation.has(HAIRPIN),
                invocation.has(ISOLATED),
                invocation.find(VLAN).map(OptionalInt::of).orElse(OptionalInt.empty()));
        return port.equals(BridgePort.PLAIN) ? settings : settings.with(port);
    }
}
