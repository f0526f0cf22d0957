package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.wiring.step.Place;
import java.util.List;
import java.util.Optional;

/**
 * A connection as somebody asks for it.
 *
 * @param endpoint what the endpoint is called, as in {@code lasthop:web}
 * @param addresses at most one a family; where there is none, one is leased
 * @param interfaceName in the endpoint; empty for the first free of eth0, eth1 …
 */
public record ConnectSpec(
        Place place,
        String endpoint,
        String network,
        List<IpAddress> addresses,
        Optional<String> interfaceName,
        Optional<MacAddress> mac,
        List<PublishedPort> ports) {
    public ConnectSpec {
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
    }

    /** With all that can be left to Lasthop left to it; the endpoint is called as its place is. */
    public static ConnectSpec of(Place place, String network) {
        return new ConnectSpec(place, nameOf(place), network, List.of(), Optional.empty(), Optional.empty(), List.of());
    }

    public ConnectSpec withAddresses(IpAddress... wanted) {
        return new ConnectSpec(place, endpoint, network, List.of(wanted), interfaceName, mac, ports);
    }

    public ConnectSpec withInterface(String name) {
        return new ConnectSpec(place, endpoint, network, addresses, Optional.of(name), mac, ports);
    }

    public ConnectSpec withMac(MacAddress wanted) {
        return new ConnectSpec(place, endpoint, network, addresses, interfaceName, Optional.of(wanted), ports);
    }

    public ConnectSpec withPorts(PublishedPort... wanted) {
        return new ConnectSpec(place, endpoint, network, addresses, interfaceName, mac, List.of(wanted));
    }

    public ConnectSpec named(String name) {
        return new ConnectSpec(place, name, network, addresses, interfaceName, mac, ports);
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
}
