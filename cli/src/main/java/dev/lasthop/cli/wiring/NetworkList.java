package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Table;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.Subnet;
import dev.lasthop.wiring.Wiring;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The networks that there are. */
public final class NetworkList implements Command {
    /** Stateless. */
    public NetworkList() {}

    @Override
    public String name() {
        return "network ls";
    }

    @Override
    public String summary() {
        return "lists the networks";
    }

    @Override
    public ExitCode run(Invocation invocation) {
        List<Network> networks = WiringWords.with(invocation, Wiring::networks);
        invocation
                .output()
                .result(
                        () -> JsonObject.builder()
                                .put("schema", "lasthop.list/1")
                                .put("networks", networks, Network::toJson)
                                .build(),
                        () -> text(networks));
        return ExitCode.DONE;
    }

    static List<String> text(List<Network> networks) {
        if (networks.isEmpty()) {
            return List.of("There is no network. lasthop network create NAME --subnet PREFIX makes one.");
        }
        var table = new Table("network", "driver", "subnets", "gateways", ">mtu");
        for (Network network : networks) {
            table.row(
                    network.name(),
                    network.driver(),
                    words(network, subnet -> Optional.of(subnet.prefix())),
                    words(network, Subnet::gateway),
                    network.mtu() == 0 ? "-" : network.mtu());
        }
        return table.lines();
    }

    private static String words(Network network, Function<Subnet, Optional<?>> what) {
        String words = network.subnets().stream()
                .map(subnet -> what.apply(subnet).map(Object::toString).orElse("-"))
                .collect(Collectors.joining(" "));
        return words.isEmpty() ? "-" : words;
    }
}
