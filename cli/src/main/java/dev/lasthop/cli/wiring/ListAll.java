package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Table;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.PublishedPort;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All that Lasthop keeps: networks, and what is connected to them. */
public final class ListAll implements Command {
    /** Stateless. */
    public ListAll() {}

    @Override
    public String name() {
        return "ls";
    }

    @Override
    public String summary() {
        return "lists the networks, and what is connected to them";
    }

    @Override
    public ExitCode run(Invocation invocation) {
        return WiringWords.with(invocation, wiring -> {
            List<Network> networks = wiring.networks();
            List<Endpoint> endpoints = wiring.endpoints();
            invocation
                    .output()
                    .result(
                            () -> JsonObject.builder()
                                    .put("schema", "lasthop.list/1")
                                    .put("networks", networks, Network::toJson)
                                    .put("endpoints", endpoints, Endpoint::toJson)
                                    .build(),
                            () -> text(networks, endpoints));
            return ExitCode.DONE;
        });
    }

    private static List<String> text(List<Network> networks, List<Endpoint> endpoints) {
        var lines = new ArrayList<>(NetworkList.text(networks));
        if (!networks.isEmpty()) {
            lines.add("");
            lines.addAll(text(endpoints));
        }
        return lines;
    }

    static List<String> text(List<Endpoint> endpoints) {
        if (endpoints.isEmpty()) {
            return List.of("Nothing is connected. lasthop connect ENDPOINT --network NAME does it.");
        }
        var table = new Table("endpoint", "network", "namespace", "interface", "addresses", "ports");
        for (Endpoint endpoint : endpoints) {
            table.row(
                    endpoint.name(),
                    endpoint.network(),
                    endpoint.place().label(),
                    endpoint.interfaceName(),
                    endpoint.addresses().stream().map(Object::toString).collect(Collectors.joining(" ")),
                    endpoint.ports().isEmpty()
                            ? "-"
                            : endpoint.ports().stream()
                                    .map(PublishedPort::toString)
                                    .collect(Collectors.joining(" ")));
        }
        return table.lines();
    }
}
