package dev.lasthop.cli.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Change;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.KernelParameters;
import dev.lasthop.wiring.Wiring;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Changes an endpoint while it is connected. */
public final class SetEndpoint implements WiringCommand {
    private static final Option<IpAddress> IP = Option.value(
                    "ip", "ADDRESS", "in place of the one of that family; published ports follow", IpAddress::parse)
            .repeated();
    private static final Option<MacAddress> MAC =
            Option.value("mac", "MAC", "the interface's address; neighbours are told", MacAddress::parse);
    private static final Option<Prefix> NO_ROUTE = Option.value(
                    "no-route", "PREFIX", "takes a route away that --route added", Prefix::parse)
            .repeated();
    private static final Option<String> NO_SYSCTL = Option.value(
                    "no-sysctl",
                    "NAME",
                    "sets a kernel parameter back to what it was before --sysctl",
                    KernelParameters::checkedName)
            .repeated();

    /** Stateless. */
    public SetEndpoint() {}

    @Override
    public String name() {
        return "set";
    }

    @Override
    public String summary() {
        return "changes a connected endpoint: addresses, MTU, MAC, rates, routes, kernel parameters";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.ENDPOINT);
    }

    @Override
    public List<Option<?>> options() {
        List<Option<?>> options = new ArrayList<>(List.of(WiringWords.WHICH_NETWORK, IP, MAC));
        options.addAll(TuningWords.OPTIONS);
        options.addAll(List.of(NO_ROUTE, NO_SYSCTL, WiringWords.DRY_RUN));
        return options;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "set lasthop:web --rate-in 50mbit --rate-out 10mbit",
                "set netns:blue --network web --ip 10.88.0.99 --mtu 1400",
                "set lasthop:web --rate-out unlimited --dry-run");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Change change = change(invocation);
        if (change.equals(Change.NOTHING)) {
            throw CommandException.usage(
                    "nothing to change was named", "", "lasthop set --help lists what can be changed");
        }
        return WiringWords.with(wiring -> {
            Endpoint endpoint = endpoint(wiring, invocation);
            String network = endpoint.network();
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planChange(endpoint.name(), network, change));
            }
            Wiring.Changed changed = wiring.change(endpoint.name(), network, change);
            Endpoint done = changed.endpoint();
            invocation
                    .output()
                    .result(
                            () -> WiringWords.json(
                                    done, wiring.ports(done), WiringWords.gateways(wiring.network(network)), List.of()),
                            () -> text(changed));
            return ExitCode.DONE;
        });
    }

    private static Change change(Invocation invocation) {
        Change change = TuningWords.change(invocation)
                .withAddresses(invocation.all(IP))
                .withoutRoutes(invocation.all(NO_ROUTE))
                .withoutParameters(invocation.all(NO_SYSCTL));
        Optional<MacAddress> mac = invocation.find(MAC);
        return mac.isPresent() ? change.withMac(mac.get()) : change;
    }

    private static Endpoint endpoint(Wiring wiring, Invocation invocation) {
        String typed = invocation.argument(WiringWords.ENDPOINT);
        Optional<String> network = invocation.find(WiringWords.WHICH_NETWORK);
        if (network.isPresent()) {
            String name = network.get();
            wiring.network(name);
            return WiringWords.endpoint(wiring, typed, one -> one.network().equals(name), "network " + name);
        }
        Endpoint first = WiringWords.endpoint(wiring, typed, _ -> true, "any network of Lasthop's");
        List<String> networks = wiring.endpoints().stream()
                .filter(one -> one.isBeside(first))
                .map(Endpoint::network)
                .toList();
        if (networks.size() > 1) {
            throw CommandException.usage(
                    first.name() + " is on several networks: " + String.join(", ", networks),
                    "",
                    "say which one is meant with --network");
        }
        return first;
    }

    private static List<String> text(Wiring.Changed changed) {
        Endpoint endpoint = changed.endpoint();
        var lines = new ArrayList<String>();
        lines.add((changed.plan().steps().isEmpty() ? "nothing to change: " : "changed ") + endpoint.name() + " on "
                + endpoint.network() + ": interface " + endpoint.interfaceName() + ", " + endpoint.mac() + ", "
                + WiringWords.addresses(endpoint));
        lines.addAll(TuningWords.lines(endpoint));
        return lines;
    }
}
