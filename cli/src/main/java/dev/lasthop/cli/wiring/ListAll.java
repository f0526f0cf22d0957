package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Table;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.TrafficCounts;
import dev.lasthop.wiring.Wiring;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All that Lasthop keeps: networks, and what is connected to them. */
public final class ListAll implements Command {
    private static final Option<Boolean> STATS =
            Option.flag("stats", "with the packets and bytes of each endpoint and published port");

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
    public List<Option<?>> options() {
        return List.of(STATS);
    }

    @Override
    public ExitCode run(Invocation invocation) {
        return WiringWords.with(invocation, wiring -> {
            List<Network> networks = wiring.networks();
            if (invocation.has(STATS)) {
                TrafficCounts traffic = wiring.traffic();
                invocation
                        .output()
                        .result(
                                () -> document(networks)
                                        .put("endpoints", traffic.endpoints(), TrafficCounts.OfEndpoint::toJson)
                                        .build(),
                                () -> text(traffic));
                return ExitCode.DONE;
            }
            List<Endpoint> endpoints = wiring.endpoints();
            invocation
                    .output()
                    .result(
                            () -> document(networks)
                                    .put("endpoints", endpoints, endpoint -> endpoint.toJson(wiring.ports(endpoint)))
                                    .build(),
                            () -> text(wiring, networks, endpoints));
            return ExitCode.DONE;
        });
    }

    private static JsonObject.Builder document(List<Network> networks) {
        return JsonObject.builder().put("schema", "lasthop.list/1").put("networks", networks, Network::toJson);
    }

    private static List<String> text(Wiring wiring, List<Network> networks, List<Endpoint> endpoints) {
        var lines = new ArrayList<>(NetworkList.text(networks));
        if (!networks.isEmpty()) {
            lines.add("");
            lines.addAll(text(wiring, endpoints));
        }
        return lines;
    }

    static List<String> text(Wiring wiring, List<Endpoint> endpoints) {
        if (endpoints.isEmpty()) {
            return nothing();
        }
        var table = new Table("endpoint", "network", "namespace", "interface", "addresses", "ports");
        for (Endpoint endpoint : endpoints) {
            List<PublishedPort> ports = wiring.ports(endpoint);
            table.row(
                    endpoint.name(),
                    endpoint.network(),
                    endpoint.place().label(),
                    endpoint.interfaceName(),
                    endpoint.addresses().stream().map(Object::toString).collect(Collectors.joining(" ")),
                    ports.isEmpty()
                            ? "-"
                            : ports.stream().map(PublishedPort::toString).collect(Collectors.joining(" ")));
        }
        return table.lines();
    }

    private static List<String> nothing() {
        return List.of("Nothing is connected. lasthop connect ENDPOINT --network NAME does it.");
    }

    private static List<String> text(TrafficCounts traffic) {
        if (traffic.endpoints().isEmpty()) {
            return nothing();
        }
        var endpoints = new Table("endpoint", "network", ">packets in", ">bytes in", ">packets out", ">bytes out");
        var ports = new Table("port", "endpoint", ">connections", ">packets", ">bytes");
        boolean published = false;
        for (TrafficCounts.OfEndpoint counted : traffic.endpoints()) {
            Endpoint endpoint = counted.endpoint();
            counted.link()
                    .ifPresentOrElse(
                            link -> endpoints.row(
                                    endpoint.name(),
                                    endpoint.network(),
                                    link.packetsIn(),
                                    link.bytesIn(),
                                    link.packetsOut(),
                                    link.bytesOut()),
                            () -> endpoints.row(endpoint.name(), endpoint.network(), "-", "-", "-", "-"));
            for (TrafficCounts.OfPort port : counted.ports()) {
                ports.row(port.port(), endpoint.name(), port.connections(), port.packets(), port.bytes());
                published = true;
            }
        }
        var lines = new ArrayList<>(endpoints.lines());
        if (published) {
            lines.add("");
            lines.addAll(ports.lines());
        }
        return lines;
    }
}
