package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.Wiring;
import java.util.ArrayList;
import java.util.List;

/** One network, and what is connected to it. */
public final class NetworkInspect implements Command {
    /** Stateless. */
    public NetworkInspect() {}

    @Override
    public String name() {
        return "network inspect";
    }

    @Override
    public String summary() {
        return "shows a network and what is connected to it";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.NAME);
    }

    @Override
    public ExitCode run(Invocation invocation) {
        return WiringWords.with(invocation, wiring -> {
            Network network = wiring.network(invocation.argument(WiringWords.NAME));
            List<Endpoint> endpoints = wiring.endpoints().stream()
                    .filter(endpoint -> endpoint.network().equals(network.name()))
                    .toList();
            invocation
                    .output()
                    .result(() -> WiringWords.json(wiring, network, endpoints), () -> text(wiring, network, endpoints));
            return ExitCode.DONE;
        });
    }

    private static List<String> text(Wiring wiring, Network network, List<Endpoint> endpoints) {
        var lines = new ArrayList<String>();
        lines.add("network " + network.name() + ": " + WiringWords.line(network));
        lines.add("");
        lines.addAll(ListAll.text(wiring, endpoints));
        return lines;
    }
}
