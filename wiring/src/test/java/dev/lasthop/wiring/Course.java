package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.Change.RateChange;
import dev.lasthop.wiring.ExtraRoutes.ExtraRoute;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Rate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Pieces of wiring of one kind, in an order that leads from nothing there and back: a network, an endpoint, and something more about one of
 * them. All call the network {@code web}, and the endpoint {@code c1}.
 *
 * @param works by what they are called, each with what its place in the order is: {@code 3 publish}
 * @param hasMore whether on record there is what the third work makes
 * @param ofEndpoint whether that goes with the endpoint
 */
record Course(String name, Map<String, Consumer<Wiring>> works, Predicate<Wiring> hasMore, boolean ofEndpoint) {
    static final PublishedPort FIRST = PublishedPort.parse("8080:80");
    static final PublishedPort SECOND = PublishedPort.parse("8081:80/udp");

    private static final ConnectSpec C1 = ConnectSpec.of(Place.named("c1"), "web");
    private static final Peer MORE = Peer.parse("n3=192.0.2.3,10.88.3.0/24,fd88:3::/64");

    /** Bridge, with ports. */
    static final Course BRIDGE = publishing(
            "bridge",
            NetworkSpec.of("web", Prefix.parse("10.88.0.0/24"), Prefix.parse("fd88::/64")),
            at("10.88.0.9", "fd88::9").withPorts(FIRST));

    /** Those of the other drivers, and of what is limited and changed. */
    static final List<Course> OTHERS = List.of(routed(), tuned(), macvlan(), attach(), vxlan());

    static Course named(String name) {
        return name.equals(BRIDGE.name)
                ? BRIDGE
                : OTHERS.stream()
                        .filter(course -> course.name.equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    private static Course routed() {
        return publishing(
                "routed",
                NetworkSpec.of("web", Prefix.parse("10.90.0.0/24"), Prefix.parse("fd90::/64"))
                        .withDriver(new RoutedDriver()),
                at("10.90.0.9", "fd90::9").withPorts(FIRST).with(limits()));
    }

    private static Course tuned() {
        Change change = Change.NOTHING
                .withAddresses(List.of(IpAddress.parse("10.88.0.99")))
                .withMtu(1400)
                .withRateIn(RateChange.parse("20mbit"))
                .withRateOut(RateChange.parse("unlimited"))
                .withRoutes(List.of(ExtraRoute.parse("203.0.113.0/24")))
                .withParameters(new TreeMap<>(Map.of("net/ipv4/ip_default_ttl", "70")));
        Change back = Change.NOTHING
                .withAddresses(List.of(IpAddress.parse("10.88.0.9")))
                .withMtu(1500)
                .withRateIn(RateChange.parse("50mbit"))
                .withRateOut(RateChange.parse("10mbit"))
                .withoutRoutes(List.of(Prefix.parse("203.0.113.0/24")))
                .withoutParameters(List.of("net/ipv4/ip_default_ttl"));
        return changing(
                "rates",
                NetworkSpec.of("web", Prefix.parse("10.88.0.0/24"), Prefix.parse("fd88::/64")),
                at("10.88.0.9", "fd88::9").with(limits()).with(new InterfaceMtu(1500)),
                change,
                back);
    }

    private static Course macvlan() {
        return changing(
                "macvlan",
                NetworkSpec.of("web", Prefix.parse("198.51.100.0/24"), Prefix.parse("fd51::/64"))
                        .withDriver(MacvlanDriver.on("lan0")
                                .withShim(IpAddress.parse("198.51.100.2"), IpAddress.parse("fd51::2")))
                        .withGateways(IpAddress.parse("198.51.100.254")),
                at("198.51.100.9", "fd51::9"),
                Change.NOTHING.withRoutes(List.of(ExtraRoute.parse("203.0.113.0/24"))),
                Change.NOTHING.withoutRoutes(List.of(Prefix.parse("203.0.113.0/24"))));
    }

    private static Course attach() {
        return changing(
                "attach",
                NetworkSpec.of("web").withDriver(new AttachDriver()),
                C1.withHostLink("nic7").withInterface("lan7"),
                Change.NOTHING.withRoutes(List.of(ExtraRoute.parse("203.0.113.0/24,192.0.7.254"))),
                Change.NOTHING.withoutRoutes(List.of(Prefix.parse("203.0.113.0/24"))));
    }

    private static Course vxlan() {
        NetworkSpec network = NetworkSpec.of("web", Prefix.parse("10.88.1.0/24"), Prefix.parse("fd88:1::/64"))
                .withDriver(VxlanDriver.of(7).named("n1"))
                .with(new Peers(List.of(Peer.parse("n2=192.0.2.2,10.88.2.0/24,fd88:2::/64"))));
        return of(
                "vxlan",
                network,
                at("10.88.1.9", "fd88:1::9"),
                Map.of(
                        "3 add peer", wiring -> wiring.addPeer("web", MORE),
                        "4 remove peer", wiring -> wiring.removePeer("web", MORE.node())),
                wiring -> wiring.networks().stream()
                        .anyMatch(one -> Peers.of(one).find(MORE.node()).isPresent()),
                false);
    }

    private static Course publishing(String name, NetworkSpec network, ConnectSpec connection) {
        return of(
                name,
                network,
                connection,
                Map.of(
                        "3 publish", wiring -> wiring.publish("c1", SECOND),
                        "4 unpublish", wiring -> wiring.unpublish("c1", SECOND)),
                wiring -> wiring.endpoints().stream()
                        .anyMatch(one -> wiring.ports(one).contains(SECOND)),
                true);
    }

    private static Course changing(
            String name, NetworkSpec network, ConnectSpec connection, Change change, Change back) {
        Prefix route = change.routes().getFirst().destination();
        return of(
                name,
                network,
                connection,
                Map.of(
                        "3 set", wiring -> wiring.change("c1", "web", change),
                        "4 set back", wiring -> wiring.change("c1", "web", back)),
                wiring -> wiring.endpoints().stream()
                        .anyMatch(one -> ExtraRoutes.of(one.settings()).all().stream()
                                .anyMatch(extra -> extra.destination().equals(route))),
                true);
    }

    private static Course of(
            String name,
            NetworkSpec network,
            ConnectSpec connection,
            Map<String, Consumer<Wiring>> more,
            Predicate<Wiring> hasMore,
            boolean ofEndpoint) {
        Map<String, Consumer<Wiring>> works = new TreeMap<>(more);
        works.put("1 create", wiring -> wiring.createNetwork(network));
        works.put("2 connect", wiring -> wiring.connect(connection));
        works.put("5 disconnect", wiring -> wiring.disconnect("c1", "web"));
        works.put("6 remove", wiring -> wiring.removeNetwork("web"));
        return new Course(name, works, hasMore, ofEndpoint);
    }

    private static ConnectSpec at(String... addresses) {
        return C1.withAddresses(Stream.of(addresses).map(IpAddress::parse).toList()); // always the same ones
    }

    private static RateLimits limits() {
        return new RateLimits(Optional.of(Rate.parse("50mbit")), Optional.of(Rate.parse("10mbit")));
    }

    /** What the work of this number is called. */
    String work(int number) {
        return works.keySet().stream()
                .filter(work -> work.startsWith(number + " "))
                .findFirst()
                .orElseThrow();
    }

    /** Its works, ready to be done. */
    Map<String, Runnable> with(Wiring wiring) {
        Function<Map.Entry<String, Consumer<Wiring>>, Runnable> ready =
                entry -> () -> entry.getValue().accept(wiring);
        return works.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, ready, (one, _) -> one, TreeMap::new));
    }
}
