package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.wiring.step.Place;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A connection as somebody asks for it: {@code ConnectSpec.of(place, "web").withInterface("net0")}.
 *
 * @param endpoint what the endpoint is called, as in {@code lasthop:web}
 * @param addresses at most one a family; where there is none, one is leased
 * @param interfaceName in the endpoint; empty for the first free of eth0, eth1 …
 * @param hostLink the interface of the host that the endpoint is to get for its own, for the driver that moves one
 */
public record ConnectSpec(
        Place place,
        String endpoint,
        String network,
        List<IpAddress> addresses,
        Optional<String> interfaceName,
        Optional<MacAddress> mac,
        Optional<String> hostLink,
        List<PublishedPort> ports,
        Settings settings) {
    public ConnectSpec {
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
    }

    /** With all that can be left to Lasthop left to it; the endpoint is called as its place is. */
    public static ConnectSpec of(Place place, String network) {
        return new ConnectSpec(
                place,
                nameOf(place),
                network,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Settings.NONE);
    }

    public ConnectSpec withAddresses(IpAddress... wanted) {
        return withAddresses(List.of(wanted));
    }

    public ConnectSpec withAddresses(List<IpAddress> wanted) {
        return with(draft -> draft.addresses = wanted);
    }

    public ConnectSpec withInterface(String name) {
        return with(draft -> draft.interfaceName = Optional.of(name));
    }

    public ConnectSpec withMac(MacAddress wanted) {
        return with(draft -> draft.mac = Optional.of(wanted));
    }

    public ConnectSpec withHostLink(String name) {
        return with(draft -> draft.hostLink = Optional.of(name));
    }

    public ConnectSpec withPorts(PublishedPort... wanted) {
        return withPorts(List.of(wanted));
    }

    public ConnectSpec withPorts(List<PublishedPort> wanted) {
        return with(draft -> draft.ports = wanted);
    }

    public ConnectSpec named(String name) {
        return with(draft -> draft.endpoint = name);
    }

    public ConnectSpec with(Setting setting) {
        return with(draft -> draft.settings = draft.settings.with(setting));
    }

    /** What an endpoint is called that nobody gave a name. */
    public static String nameOf(Place place) {
        return switch (place) {
            case Place.Host host -> "host";
            case Place.Named named -> named.name();
            case Place.OfProcess process -> "pid-" + process.pid();
            case Place.OfFile file -> file.path().getFileName().toString();
            case Place.Live live -> live.label().replaceAll("^[a-z]+:", "").replaceAll("[^A-Za-z0-9_.-]", "-");
        };
    }

    private ConnectSpec with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.spec();
    }

    /** What the {@code with…} methods write in: so that a new component does not touch each of them. */
    private static final class Draft {
        private final ConnectSpec before;
        private String endpoint;
        private List<IpAddress> addresses;
        private Optional<String> interfaceName;
        private Optional<MacAddress> mac;
        private Optional<String> hostLink;
        private List<PublishedPort> ports;
        private Settings settings;

        Draft(ConnectSpec spec) {
            before = spec;
            endpoint = spec.endpoint;
            addresses = spec.addresses;
            interfaceName = spec.interfaceName;
            mac = spec.mac;
            hostLink = spec.hostLink;
            ports = spec.ports;
            settings = spec.settings;
        }

        ConnectSpec spec() {
            return new ConnectSpec(
                    before.place, endpoint, before.network, addresses, interfaceName, mac, hostLink, ports, settings);
        }
    }
}
