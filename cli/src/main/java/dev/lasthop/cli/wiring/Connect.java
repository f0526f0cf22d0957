package dev.lasthop.cli.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.DefaultRoute;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.Settings;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.List;

/** Connects a namespace to a network. */
public final class Connect implements WiringCommand {
    private static final Option<IpAddress> IP = Option.value(
                    "ip", "ADDRESS", "one a family; the next free one if it is not said", IpAddress::parse)
            .repeated();
    private static final Option<String> INTERFACE = Option.value(
            "interface",
            "NAME",
            "the interface's name inside; the first free of eth0, eth1 … if it is not said",
            Reader.text());
    private static final Option<MacAddress> MAC = Option.value(
            "mac",
            "MAC",
            "the interface's address; always the same for the same names if it is not said",
            MacAddress::parse);
    private static final Option<String> LINK = Option.value(
            "link",
            "NAME",
            "the interface of the host that it gets for its own, on a network of driver attach",
            Reader.text());
    private static final Option<String> NAME = Option.value(
            "name",
            "NAME",
            "what it is called from now on, lasthop:NAME; as its namespace if it is not said",
            Reader.text());
    private static final Option<PublishedPort> PUBLISH = Option.value(
                    "publish", PortWords.FORM, "a port of the host that is to lead to it", PortWords::published)
            .letter('p')
            .repeated();

    private static final Option<Boolean> DEFAULT_ROUTE = Option.flag(
            "default-route",
            "of several networks this is the one for everything else; the first one if it is not said");

    /** Stateless. */
    public Connect() {}

    @Override
    public String name() {
        return "connect";
    }

    @Override
    public String summary() {
        return "connects a network namespace to a network";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.ENDPOINT);
    }

    @Override
    public List<Option<?>> options() {
        List<Option<?>> options =
                new ArrayList<>(List.of(WiringWords.NETWORK, IP, PUBLISH, PortWords.ALLOW_FROM, PortWords.HELPER));
        options.addAll(List.of(INTERFACE, MAC, LINK, NAME));
        options.add(DEFAULT_ROUTE);
        options.addAll(BridgePortWords.OPTIONS);
        options.addAll(TuningWords.OPTIONS);
        options.add(WiringWords.DRY_RUN);
        return options;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "connect netns:blue --network web",
                "connect pid:4242 --network web --ip 10.88.0.9 --publish 8080:80",
                "connect netns:blue --network web --rate-in 50mbit --rate-out 10mbit",
                "connect netns:blue --network web --dry-run");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        ConnectSpec spec = spec(invocation);
        return WiringWords.with(invocation, wiring -> {
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planConnect(spec));
            }
            Wiring.Connected connected = wiring.connect(spec);
            Endpoint endpoint = connected.endpoint();
            List<String> gateways = WiringWords.gateways(wiring.network(endpoint.network()));
            invocation
                    .output()
                    .result(
                            () -> WiringWords.json(endpoint, connected.ports(), gateways, connected.warnings()),
                            () -> text(endpoint, connected.ports(), gateways));
            connected.warnings().forEach(invocation.output()::warning);
            return ExitCode.DONE;
        });
    }

    private static ConnectSpec spec(Invocation invocation) {
        String network = WiringWords.network(invocation);
        Place place = WiringWords.place(invocation.argument(WiringWords.ENDPOINT));
        return new ConnectSpec(
                place,
                invocation.find(NAME).orElseGet(() -> ConnectSpec.nameOf(place)),
                network,
                invocation.all(IP),
                invocation.find(INTERFACE),
                invocation.find(MAC),
                invocation.find(LINK),
                PortWords.with(invocation, invocation.all(PUBLISH)),
                settings(invocation));
    }

    private static Settings settings(Invocation invocation) {
        Settings settings = BridgePortWords.add(TuningWords.settings(invocation), invocation);
        return invocation.has(DEFAULT_ROUTE) ? settings.with(DefaultRoute.WANTED) : settings;
    }

    private static List<String> text(Endpoint endpoint, List<PublishedPort> ports, List<String> gateways) {
        var lines = new ArrayList<String>();
        lines.add("connected " + endpoint.name() + " to " + endpoint.network() + ": interface "
                + endpoint.interfaceName() + ", " + WiringWords.addresses(endpoint)
                + (gateways.isEmpty() ? "" : ", gateway " + String.join(", ", gateways)));
        if (!ports.isEmpty()) {
            lines.add("published " + PortWords.list(ports));
        }
        lines.addAll(TuningWords.lines(endpoint));
        return lines;
    }
}
