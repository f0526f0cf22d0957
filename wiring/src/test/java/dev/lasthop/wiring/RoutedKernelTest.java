package dev.lasthop.wiring;

import static dev.lasthop.wiring.HostAndOutside.C1;
import static dev.lasthop.wiring.HostAndOutside.C2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Driver routed on the real kernel: no bridge, one route an endpoint, and everything that a bridge network can. */
@KernelTest
@SuppressWarnings("try") // listeners are there to be open
class RoutedKernelTest {
    private static final NetworkSpec DIRECT = NetworkSpec.of(
                    "direct", Prefix.parse("10.90.0.0/24"), Prefix.parse("fd90::/64"))
            .withDriver(new RoutedDriver());

    @TempDir
    Path folder;

    private HostAndOutside place;
    private TestNetwork network;
    private Traffic traffic;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        place = new HostAndOutside(folder);
        network = place.network;
        wiring = place.wiring;
        traffic = new Traffic(network);
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void endpointsReachEverybodyWithoutABridge() {
        List<String> before = KernelState.of(network, "host");
        List<String> inside = KernelState.of(network, "c1");
        wiring.createNetwork(DIRECT);
        List<String> created = KernelState.of(network, "host");
        Endpoint first = wiring.connect(ConnectSpec.of(C1, "direct")).endpoint();
        wiring.connect(ConnectSpec.of(C2, "direct"));
        assertThat(first.addresses()).contains(Prefix.parse("10.90.0.1/32"), Prefix.parse("fd90::1/128"));
        assertThat(network.in("c1", "ip", "-4", "route"))
                .contains("default via 169.254.1.1 dev eth0 onlink", "10.90.0.0/24 via 169.254.1.1");
        assertThat(network.in("c1", "ip", "-6", "route")).contains("default via fe80::1 dev eth0");
        assertThat(network.in("host", "ip", "-d", "-j", "link")).doesNotContain("\"info_kind\":\"bridge\"");
        String end = first.hostLink().orElseThrow();
        assertThat(network.in("host", "ip", "route")).contains("10.90.0.1 dev " + end + " proto 76 scope link");
        assertThat(network.in("host", "sysctl", "-n", "net.ipv4.conf." + end + ".proxy_arp"))
                .isEqualTo("1\n");
        assertThat(network.in("host", "sysctl", "-n", "net.ipv4.conf.eth0.proxy_arp"))
                .isEqualTo("0\n");
        traffic.flows("c1", "outside", "192.0.2.2", "192.0.2.1");
        traffic.flows("c1", "outside", "2001:db8::2", "2001:db8::1");
        traffic.flows("c1", "c2", "10.90.0.2", "10.90.0.1");
        traffic.flows("c2", "c1", "fd90::1", "fd90::2");
        traffic.flows("c1", "host", "192.0.2.1", "10.90.0.1");
        traffic.flows("host", "c1", "10.90.0.1", "192.0.2.1");
        traffic.flows("host", "c2", "fd90::2", "2001:db8::1");
        assertThat(network.in("host", "ip", "route", "get", "10.90.0.1")).contains("dev " + end);
        assertThat(network.attempt("host", "ip", "route", "get", "10.90.0.99").exit())
                .as("nobody's address does not leave by the default route")
                .isNotZero();
        wiring.disconnect("c1", "direct");
        wiring.disconnect("c2", "direct");
        settled("c1", inside);
        settled("host", created);
        wiring.removeNetwork("direct");
        settled("host", before);
    }

    @Test
    void withoutMasqueradeTheyAreReachedByTheirOwnAddresses() {
        wiring.createNetwork(DIRECT.withoutMasquerade());
        wiring.connect(ConnectSpec.of(C1, "direct"));
        network.ip("outside", "route add 10.90.0.0/24 via 192.0.2.1");
        network.ip("outside", "-6 route add fd90::/64 via 2001:db8::1");
        traffic.flows("c1", "outside", "192.0.2.2", "10.90.0.1");
        traffic.flows("outside", "c1", "10.90.0.1", "192.0.2.2");
        traffic.flows("c1", "outside", "2001:db8::2", "fd90::1");
        traffic.flows("outside", "c1", "fd90::1", "2001:db8::2");
    }

    @Test
    void anInternalNetworkKeepsToItself() {
        wiring.createNetwork(DIRECT.asInternal());
        wiring.connect(ConnectSpec.of(C1, "direct"));
        wiring.connect(ConnectSpec.of(C2, "direct"));
        assertThat(network.in("c1", "ip", "route")).doesNotContain("default");
        traffic.flows("c1", "c2", "10.90.0.2", "10.90.0.1");
        traffic.flows("c2", "c1", "fd90::1", "fd90::2");
        network.ip("c1", "route add default via 169.254.1.1 dev eth0 onlink");
        network.ip("c1", "-6 route add default via fe80::1 dev eth0");
        traffic.isBlocked("c1", "outside", "192.0.2.2");
        traffic.isBlocked("c1", "outside", "2001:db8::2");
        network.ip("outside", "route add 10.90.0.0/24 via 192.0.2.1");
        traffic.isBlocked("outside", "c1", "10.90.0.1");
    }

    @Test
    void networksAreKeptApart() {
        wiring.createNetwork(DIRECT);
        wiring.createNetwork(
                NetworkSpec.of("other", Prefix.parse("10.91.0.0/24")).withDriver(new RoutedDriver()));
        wiring.createNetwork(NetworkSpec.of("bridged", Prefix.parse("10.92.0.0/24")));
        network.namespace("c3");
        wiring.connect(ConnectSpec.of(C1, "direct"));
        wiring.connect(ConnectSpec.of(C2, "other"));
        wiring.connect(ConnectSpec.of(Place.named("c3"), "bridged"));
        traffic.flows("c2", "outside", "192.0.2.2", "192.0.2.1");
        traffic.flows("c3", "outside", "192.0.2.2", "192.0.2.1");
        traffic.isBlocked("c1", "c2", "10.91.0.1");
        traffic.isBlocked("c1", "c3", "10.92.0.2");
        traffic.isBlocked("c3", "c1", "10.90.0.1");
    }

    @Test
    void aBridgedNetworkThatAllowsItIsReachedAndReaches() {
        wiring.createNetwork(DIRECT);
        wiring.createNetwork(NetworkSpec.of("bridged", Prefix.parse("10.92.0.0/24"), Prefix.parse("fd92::/64"))
                .with(new AllowedNetworks(List.of("direct"))));
        wiring.createNetwork(NetworkSpec.of("apart", Prefix.parse("10.93.0.0/24")));
        network.namespace("c3").namespace("c4");
        wiring.connect(ConnectSpec.of(C1, "direct"));
        wiring.connect(ConnectSpec.of(C2, "bridged"));
        wiring.connect(ConnectSpec.of(Place.named("c3"), "apart"));
        traffic.flows("c1", "c2", "10.92.0.2", "10.90.0.1");
        traffic.flows("c2", "c1", "10.90.0.1", "10.92.0.2");
        traffic.flows("c1", "c2", "fd92::2", "fd90::1");
        traffic.flows("c2", "c1", "fd90::1", "fd92::2");
        traffic.isBlocked("c3", "c1", "10.90.0.1");
        traffic.isBlocked("c1", "c3", "10.93.0.2");
        // who comes later is let through as well
        wiring.connect(ConnectSpec.of(Place.named("c4"), "direct"));
        traffic.flows("c4", "c2", "10.92.0.2", "10.90.0.2");
        assertThat(wiring.repair().found()).isEmpty();
        wiring.disconnect("c2", "bridged");
        wiring.removeNetwork("bridged");
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(
                NetworkSpec.of("other", Prefix.parse("10.94.0.0/24")).with(new AllowedNetworks(List.of("direct"))));
        wiring.removeNetwork("other");
        settled("host", before);
    }

    @Test
    void onlySourcesThatAreAllowedGetToAPort() {
        wiring.createNetwork(DIRECT);
        wiring.connect(ConnectSpec.of(C1, "direct"));
        wiring.connect(ConnectSpec.of(C2, "direct"));
        List<String> before = KernelState.of(network, "host");
        PublishedPort open = PublishedPort.parse("8080:80")
                .allowingFrom(List.of(Prefix.parse("192.0.2.0/28"), Prefix.parse("2001:db8::/64")));
        PublishedPort closed = PublishedPort.parse("8081:80")
                .allowingFrom(List.of(Prefix.parse("192.0.2.99/32"), Prefix.parse("2001:db8::99/128")));
        wiring.publish("c1", open);
        wiring.publish("c1", closed);
        try (Tcp.Listener listener = new Tcp.Listener("c1", 80)) {
            for (String address : List.of("192.0.2.1", "2001:db8::1")) {
                Wait.until(
                        "an answer from " + address,
                        () -> !Tcp.call("outside", address, 8080).isEmpty());
                assertThat(Tcp.call("outside", address, 8081)).as(address).isEmpty();
                for (String from : List.of("host", "c1", "c2")) {
                    assertThat(Tcp.call(from, address, 8081)).as(from).isNotEmpty();
                }
            }
        }
        assertThat(wiring.repair().found()).isEmpty();
        wiring.unpublish("c1", open);
        wiring.unpublish("c1", closed);
        settled("host", before);
    }

    @Test
    void portsLeadToTheEndpointFromEverywhere() {
        wiring.createNetwork(DIRECT);
        List<String> created = KernelState.of(network, "host");
        wiring.connect(ConnectSpec.of(C1, "direct").withPorts(PublishedPort.parse("8080:80")));
        wiring.connect(ConnectSpec.of(C2, "direct"));
        wiring.publish("c1", PublishedPort.parse("8081:80"));
        try (Tcp.Listener listener = new Tcp.Listener("c1", 80)) {
            for (String address : List.of("192.0.2.1", "2001:db8::1")) { // the first has to find its neighbours
                Wait.until(
                        "an answer from " + address,
                        () -> !Tcp.call("outside", address, 8080).isEmpty());
            }
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEqualTo("192.0.2.2");
            assertThat(Tcp.call("outside", "2001:db8::1", 8081)).isEqualTo("2001:db8::2");
            assertThat(Tcp.call("host", "127.0.0.1", 8080)).isNotEmpty();
            assertThat(Tcp.call("host", "192.0.2.1", 8080)).isNotEmpty();
            assertThat(Tcp.call("c1", "192.0.2.1", 8080)).as("hairpin").isNotEmpty();
            assertThat(Tcp.call("c2", "192.0.2.1", 8080)).as("neighbour").isNotEmpty();
            assertThat(Tcp.call("c1", "2001:db8::1", 8080)).as("hairpin").isNotEmpty();
            assertThat(Tcp.call("c2", "2001:db8::1", 8080)).as("neighbour").isNotEmpty();
        }
        wiring.disconnect("c1", "direct");
        wiring.disconnect("c2", "direct");
        settled("host", created);
    }

    /** The gateway is answered for as a proxy only where there is a route to it; what endpoints have as a permanent neighbour needs none. */
    @Test
    void aHostWithoutADefaultRouteWillDo() {
        network.ip("host", "route del default").ip("host", "-6 route del default");
        wiring.createNetwork(DIRECT);
        wiring.connect(ConnectSpec.of(C1, "direct"));
        wiring.connect(ConnectSpec.of(C2, "direct"));
        traffic.flows("c1", "outside", "192.0.2.2", "192.0.2.1");
        traffic.flows("c1", "c2", "10.90.0.2", "10.90.0.1");
        traffic.flows("c1", "c2", "fd90::2", "fd90::1");
    }

    @Test
    void theHostAnswersForTheGateway() {
        wiring.createNetwork(DIRECT);
        wiring.connect(ConnectSpec.of(C1, "direct"));
        network.ip("c1", "neigh flush all nud permanent");
        assertThat(network.in("c1", "ip", "neigh")).doesNotContain("PERMANENT");
        traffic.flows("c1", "outside", "192.0.2.2", "192.0.2.1");
        traffic.flows("c1", "outside", "2001:db8::2", "2001:db8::1");
        assertThat(network.in("c1", "ip", "neigh")).contains("169.254.1.1 dev eth0 lladdr", "fe80::1 dev eth0 lladdr");
    }

    @Test
    void whatOthersTookAwayIsPutBack() {
        wiring.createNetwork(DIRECT);
        String end = wiring.connect(ConnectSpec.of(C1, "direct").withPorts(PublishedPort.parse("8080:80")))
                .endpoint()
                .hostLink()
                .orElseThrow();
        assertThat(wiring.planRepair().found()).isEmpty();
        List<String> before = KernelState.of(network, "host");
        List<String> inside = KernelState.of(network, "c1");
        for (String damage : List.of(
                "ip route del 10.90.0.1",
                "ip -6 route del fd90::1",
                "ip route del unreachable 10.90.0.0/24",
                "ip -6 neigh del proxy fe80::1 dev " + end,
                "sysctl -qw net.ipv4.conf." + end + ".proxy_arp=0",
                "sysctl -qw net.ipv6.conf.all.forwarding=0",
                "ip link set " + end + " group 0",
                "ip link set " + end + " down",
                "ip link del " + end,
                "nft flush set inet lasthop bridges",
                "nft flush ruleset",
                "ip -n c1 route del default",
                "ip -n c1 -6 route del fd90::/64",
                "ip -n c1 neigh del 169.254.1.1 dev eth0",
                "ip -n c1 addr flush dev eth0")) {
            network.in("host", damage.split(" "));
            assertThat(wiring.repair().found()).as(damage).isNotEmpty();
            assertThat(wiring.planRepair().found()).as(damage).isEmpty();
            settled("host", before);
            settled("c1", inside);
            Wait.until(damage, () -> network.ping("c1", "192.0.2.2") && network.ping("c1", "2001:db8::2"));
        }
    }

    @Test
    void deadEndpointsAreCollectedAndTheGatewayIsNotToBeChosen() {
        assertThatThrownBy(() -> wiring.createNetwork(DIRECT.withGateways(IpAddress.parse("10.90.0.1"))))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("169.254.1.1");
        wiring.createNetwork(DIRECT);
        List<String> created = KernelState.of(network, "host");
        wiring.connect(ConnectSpec.of(C1, "direct"));
        Tool.line("ip netns del c1");
        assertThat(wiring.gc().removed()).anyMatch(line -> line.contains("netns:c1 is gone"));
        settled("host", created);
    }

    @Test
    void theCommandsShownDoTheSame() {
        List<String> creating = wiring.planCreateNetwork(DIRECT).commands();
        wiring.createNetwork(DIRECT);
        ConnectSpec spec = ConnectSpec.of(C1, "direct");
        List<String> connecting = wiring.planConnect(spec).commands();
        wiring.connect(spec);
        List<String> wanted = KernelState.of(network, "host");
        List<String> inside = KernelState.of(network, "c1");
        wiring.disconnect("c1", "direct");
        wiring.removeNetwork("direct");
        List.of(creating, connecting)
                .forEach(commands -> commands.forEach(
                        command -> network.in("host", "sh", "-c", command.replace("netns c1", "netns /run/netns/c1"))));
        KernelState.settledInNftsWords(network, "host", wanted);
        settled("c1", inside);
    }

    private void settled(String namespace, List<String> before) {
        KernelState.settled(network, namespace, before, "is as before");
    }
}
