package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Endpoint;
import java.util.List;
import java.util.stream.Stream;

/** Takes an endpoint off a network; also one whose namespace is gone. */
public final class Disconnect implements WiringCommand {
    /** Stateless. */
    public Disconnect() {}

    @Override
    public String name() {
        return "disconnect";
    }

    @Override
    public String summary() {
        return "takes an endpoint off a network";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.ENDPOINT);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(WiringWords.NETWORK, WiringWords.DRY_RUN);
    }

    @Override
    public List<String> examples() {
        return List.of("disconnect netns:blue --network web");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        String network = WiringWords.network(invocation);
        String typed = invocation.argument(WiringWords.ENDPOINT);
        return WiringWords.with(invocation, wiring -> {
            wiring.network(network);
            List<Endpoint> known = Stream.concat(wiring.endpoints().stream(), wiring.leaving().stream())
                    .filter(one -> one.network().equals(network))
                    .toList();
            Endpoint endpoint = WiringWords.endpoint(wiring, known, typed, "network " + network);
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planDisconnect(endpoint.name(), network));
            }
            Endpoint gone = WiringWords.told(invocation, wiring.disconnect(endpoint.name(), network));
            invocation
                    .output()
                    .result(
                            () -> WiringWords.json(gone, List.of(), List.of(), List.of()),
                            () -> List.of("disconnected " + gone.name() + " from " + gone.network() + ": "
                                    + gone.interfaceName() + " and " + WiringWords.addresses(gone) + " are free"));
            return ExitCode.DONE;
        });
    }
}
