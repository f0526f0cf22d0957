package dev.lasthop.declaration;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.AddressRange;
import dev.lasthop.wiring.AllowedNetworks;
import dev.lasthop.wiring.Application;
import dev.lasthop.wiring.BridgeDriver;
import dev.lasthop.wiring.BridgePort;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.DefaultRoute;
import dev.lasthop.wiring.Driver;
import dev.lasthop.wiring.ExtraRoutes;
import dev.lasthop.wiring.ExtraRoutes.ExtraRoute;
import dev.lasthop.wiring.InterfaceMtu;
import dev.lasthop.wiring.KernelParameters;
import dev.lasthop.wiring.LeaseRanges;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.Peer;
import dev.lasthop.wiring.Peers;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.RateLimits;
import dev.lasthop.wiring.Settings;
import dev.lasthop.wiring.SourceAddress;
import dev.lasthop.wiring.VxlanDriver;
import dev.lasthop.wiring.WiringException;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Rate;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * Networks and connections as a file declares them.
 *
 * <pre>{@code
 * networks:
 *   web: {subnets: [10.88.0.0/24, fd88::/64]}
 * endpoints:
 *   blue:
 *     namespace: netns:blue
 *     networks:
 *       web: {ip: 10.88.0.9, publish: ["8080:80"], rate-out: 10mbit}
 * }</pre>
 *
 * @param networks by name
 * @param connections in the file's order
 */
public record Declaration(SortedMap<String, NetworkSpec> networks, List<ConnectSpec> connections) {
    private static final String NO_SUCH_KEY = "there is no such key; there are: ";
    private static final String NETWORK_KEYS =
            "subnets, gateways, ranges, exclude, driver, internal, mtu, masquerade, snat, allow, peers, hairpin, isolated,"
                    + " vlan, and the driver's own such as bridge";
    private static final String CONNECTION_KEYS =
            "ip, interface, mac, link, mtu, publish, allow-from, helper, default-route, hairpin, isolated, vlan, rate-in,"
                    + " rate-out, routes, sysctls";

    public Declaration {
        networks = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(networks));
        connections = List.copyOf(connections);
    }

    /**
     * Reads a file.
     *
     * @param file its name; {@code -} for standard input
     * @param places what turns a namespace's name, as on the command line, into a place
     * @throws DeclarationException if it is none; the message says where and why
     */
    public static Declaration read(String file, InputStream standardInput, Function<String, Place> places) {
        Node root = Document.read(file, standardInput);
        return of(file.equals("-") ? Document.STANDARD_INPUT : file, root, places);
    }

    static Declaration of(String file, Node root, Function<String, Place> places) {
        Fields top = Fields.of(file, "", root);
        var networks = new java.util.TreeMap<String, NetworkSpec>();
        top.fields("networks").all().forEach((name, fields) -> networks.put(name, network(name, fields)));
        List<ConnectSpec> connections = new ArrayList<>();
        for (Map.Entry<String, Fields> endpoint : top.fields("endpoints").all().entrySet()) {
            Fields fields = endpoint.getValue();
            Place place = fields.find("namespace", places)
                    .orElseThrow(
                            () -> fields.wrong("namespace is missing: netns:NAME, pid:N or another way to name one"));
            for (Map.Entry<String, Fields> one : fields.fields("networks").all().entrySet()) {
                connections.add(connection(place, endpoint.getKey(), one.getKey(), one.getValue()));
            }
            fields.close("namespace, networks");
        }
        top.close("networks, endpoints");
        return new Declaration(networks, connections);
    }

    private static NetworkSpec network(String name, Fields fields) {
        List<Prefix> subnets = fields.list("subnets", Prefix::parse);
        List<IpAddress> gateways = fields.list("gateways", IpAddress::parse);
        Optional<String> driver = fields.find("driver", text -> text);
        boolean internal = fields.flag("internal", false);
        Optional<Integer> mtu = fields.find("mtu", Fields::number);
        boolean masquerade = fields.flag("masquerade", true);
        Settings settings = networkSettings(fields);
        Driver chosen = driver(fields, driver.orElse("bridge"));
        fields.close(NETWORK_KEYS);
        return new NetworkSpec(
                name,
                chosen,
                subnets,
                gateways,
                internal,
                mtu.map(OptionalInt::of).orElse(OptionalInt.empty()),
                masquerade,
                settings);
    }

    private static Settings networkSettings(Fields fields) {
        Settings settings = bridgePort(Settings.NONE, fields);
        var ranges = new LeaseRanges(
                fields.list("ranges", AddressRange::parse), fields.list("exclude", AddressRange::parse));
        if (!ranges.equals(LeaseRanges.ALL)) {
            settings = settings.with(ranges);
        }
        List<IpAddress> sources = fields.list("snat", IpAddress::parse);
        if (!sources.isEmpty()) {
            settings = settings.with(fields.made("snat", () -> new SourceAddress(sources)));
        }
        List<String> allowed = fields.list("allow", text -> text);
        if (!allowed.isEmpty()) {
            settings = settings.with(new AllowedNetworks(allowed));
        }
        List<Peer> peers = fields.list("peers", Peer::parse);
        return peers.isEmpty() ? settings : settings.with(fields.made("peers", () -> new Peers(peers)));
    }

    private static Settings bridgePort(Settings settings, Fields fields) {
        boolean hairpin = fields.flag("hairpin", false);
        boolean isolated = fields.flag("isolated", false);
        Optional<Integer> vlan = fields.find("vlan", Fields::number);
        BridgePort port = fields.made(
                "vlan",
                () -> new BridgePort(
                        hairpin, isolated, vlan.map(OptionalInt::of).orElse(OptionalInt.empty())));
        return port.equals(BridgePort.PLAIN) ? settings : settings.with(port);
    }

    private static Driver driver(Fields fields, String name) {
        JsonObject options = withUsual(name, fields.rest());
        if (name.equals("bridge") && !options.has("bridge")) {
            options.members().keySet().stream().findFirst().ifPresent(option -> {
                throw fields.wrong(option, NO_SUCH_KEY + NETWORK_KEYS);
            });
            return BridgeDriver.own();
        }
        JsonObject.Builder json = JsonObject.builder().put("driver", name);
        options.members().forEach(json::put);
        Driver driver;
        try {
            driver = Driver.ofJson(json.build());
        } catch (JsonException | IllegalArgumentException | WiringException e) {
            throw fields.wrong("driver", String.valueOf(e.getMessage()));
        }
        for (String option : options.members().keySet()) {
            if (!driver.options().members().containsKey(option)) {
                throw fields.wrong(option, NO_SUCH_KEY + NETWORK_KEYS);
            }
        }
        return driver;
    }

    /** What may be left out, as it may be on the command line. */
    private static JsonObject withUsual(String driver, JsonObject said) {
        JsonObject.Builder json = JsonObject.builder();
        switch (driver) {
            case "routed" -> json.put("group", 0);
            case "macvlan" -> json.put("mode", "bridge");
            case "ipvlan" -> json.put("mode", "l2");
            case "vxlan" -> json.put("port", VxlanDriver.USUAL_PORT).put("udpChecksum", "on");
            default -> {}
        }
        Map<String, String> onRecord = Map.of("udp-port", "port", "underlay", "local", "udp-checksum", "udpChecksum");
        said.members().forEach((key, value) -> json.put(onRecord.getOrDefault(key, key), value));
        return json.build();
    }

    private static ConnectSpec connection(Place place, String endpoint, String network, Fields fields) {
        ConnectSpec spec = new ConnectSpec(
                place,
                endpoint,
                network,
                fields.list("ip", IpAddress::parse),
                fields.find("interface", text -> text),
                fields.find("mac", MacAddress::parse),
                fields.find("link", text -> text),
                ports(fields),
                settings(fields));
        fields.close(CONNECTION_KEYS);
        return spec;
    }

    /** What is said of who may use them, and what is spoken, holds for all ports of the connection, as on the command line. */
    private static List<PublishedPort> ports(Fields fields) {
        List<Prefix> sources = fields.list("allow-from", Prefix::parse);
        Optional<Application> helper = fields.find("helper", Application::parse);
        return fields.list(
                "publish",
                text -> PublishedPort.parse(text).allowingFrom(sources).speaking(helper));
    }

    private static Settings settings(Fields fields) {
        Settings settings = bridgePort(Settings.NONE, fields);
        if (fields.flag("default-route", false)) {
            settings = settings.with(DefaultRoute.WANTED);
        }
        Optional<Integer> mtu = fields.find("mtu", Fields::number);
        if (mtu.isPresent()) {
            settings = settings.with(new InterfaceMtu(mtu.get()));
        }
        var rates = new RateLimits(fields.find("rate-in", Rate::parse), fields.find("rate-out", Rate::parse));
        if (rates.in().isPresent() || rates.out().isPresent()) {
            settings = settings.with(rates);
        }
        List<ExtraRoute> routes = fields.list("routes", ExtraRoute::parse);
        if (!routes.isEmpty()) {
            settings = settings.with(new ExtraRoutes(routes));
        }
        SortedMap<String, String> parameters =
                fields.texts("sysctls", KernelParameters::checkedName, KernelParameters::checkedValue);
        return parameters.isEmpty() ? settings : settings.with(new KernelParameters(parameters));
    }
}
