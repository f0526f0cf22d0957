package dev.lasthop.declaration;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.BridgeDriver;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.Driver;
import dev.lasthop.wiring.ExtraRoutes;
import dev.lasthop.wiring.ExtraRoutes.ExtraRoute;
import dev.lasthop.wiring.InterfaceMtu;
import dev.lasthop.wiring.KernelParameters;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.RateLimits;
import dev.lasthop.wiring.Settings;
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
            "subnets, gateways, driver, internal, mtu, masquerade, and the driver's own such as bridge";
    private static final String CONNECTION_KEYS =
            "ip, interface, mac, mtu, publish, rate-in, rate-out, routes, sysctls";

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
                Settings.NONE);
    }

    private static Driver driver(Fields fields, String name) {
        JsonObject options = fields.rest();
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
        } catch (JsonException | IllegalArgumentException e) {
            throw fields.wrong("driver", String.valueOf(e.getMessage()));
        }
        for (String option : options.members().keySet()) {
            if (!driver.options().members().containsKey(option)) {
                throw fields.wrong(option, NO_SUCH_KEY + NETWORK_KEYS);
            }
        }
        return driver;
    }

    private static ConnectSpec connection(Place place, String endpoint, String network, Fields fields) {
        ConnectSpec spec = new ConnectSpec(
                place,
                endpoint,
                network,
                fields.list("ip", IpAddress::parse),
                fields.find("interface", text -> text),
                fields.find("mac", MacAddress::parse),
                Optional.empty(),
                fields.list("publish", PublishedPort::parse),
                settings(fields));
        fields.close(CONNECTION_KEYS);
        return spec;
    }

    private static Settings settings(Fields fields) {
        Settings settings = Settings.NONE;
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
