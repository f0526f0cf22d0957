package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.PlanException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hairpin, isolation and VLANs of bridge ports: what passes and what must not. */
@KernelTest
class BridgePortKernelTest {
    private static final BridgePort ISOLATED = new BridgePort(false, true, OptionalInt.empty());
    private static final BridgePort HAIRPIN = new BridgePort(true, false, OptionalInt.empty());

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private NetworkNamespace host;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        network.namespace("host");
        Stream.of("c1", "c2", "c3", "c4").forEach(network::namespace);
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        wiring = new Wiring(new StateFolders(folder.resolve("state"), folder.resolve("run")), host);
        wiring.createNetwork(spec("web"));
    }

    @AfterEach
    void close() {
        wiring.close();
        host.close();
        network.close();
    }

    @Test
    void isolatedEndpointsReachTheGatewayAndNotEachOther() {
        List<String> created = KernelState.of(network, "host");
        connect("c1", ISOLATED);
        connect("c2", ISOLATED);
        Endpoint third =
                wiring.connect(ConnectSpec.of(Place.named("c3"), "web")).endpoint();
        for (String to : List.of("10.84.0.1", "fd84::1", "10.84.0.4", "fd84::4")) { // the gateway, and c3
            Wait.until("c1 reaches " + to, () -> network.ping("c1", to));
        }
        assertThat(Transfer.tcp("c1", "c3", "10.84.0.4")).isEqualTo("10.84.0.2");
        assertThat(Transfer.udp("c3", "c2", "fd84::3")).isEqualTo("fd84::4");
        assertThat(network.ping("c1", "10.84.0.3")).isFalse();
        assertThat(network.ping("c2", "fd84::2")).isFalse();
        assertThat(Transfer.udp("c1", "c2", "10.84.0.3", IpAddress.ANY_IPV4, Duration.ofMillis(300)))
                .isEmpty();
        assertThat(network.in("host", "bridge", "-d", "link", "show", "dev", hostLink("c1")))
                .contains("isolated on");
        assertThat(network.in(
                        "host",
                        "bridge",
                        "-d",
                        "link",
                        "show",
                        "dev",
                        third.hostLink().orElseThrow()))
                .contains("isolated off");
        network.in("host", "bridge", "link", "set", "dev", hostLink("c1"), "isolated", "off");
        assertThat(wiring.repair().found()).singleElement().asString().contains("c1@web is not isolated");
        assertThat(network.in("host", "bridge", "-d", "link", "show", "dev", hostLink("c1")))
                .contains("isolated on");
        List.of("c1", "c2", "c3").forEach(name -> wiring.disconnect(name, "web"));
        same(created);
    }

    @Test
    void aNetworkIsolatesAllItsEndpoints() {
        wiring.createNetwork(
                NetworkSpec.of("apart", Prefix.parse("10.85.0.0/24")).with(ISOLATED));
        wiring.connect(ConnectSpec.of(Place.named("c1"), "apart"));
        wiring.connect(ConnectSpec.of(Place.named("c2"), "apart"));
        Wait.until("the gateway", () -> network.ping("c1", "10.85.0.1") && network.ping("c2", "10.85.0.1"));
        assertThat(network.ping("c1", "10.85.0.3")).isFalse();
    }

    @Test
    void hairpinSendsBackWhatCameInByTheSamePort() {
        Endpoint endpoint = connect("c1", HAIRPIN);
        // two macvlan interfaces that may not talk directly: all they send to each other goes by the bridge
        network.namespace("m1").namespace("m2");
        for (String child : List.of("m1 10.84.0.101", "m2 10.84.0.102")) {
            String[] words = child.split(" ");
            network.ip("c1", "link add " + words[0] + " link eth0 type macvlan mode vepa");
            network.ip("c1", "link set " + words[0] + " netns " + words[0]);
            network.ip(words[0], "link set " + words[0] + " up");
            network.ip(words[0], "addr add " + words[1] + "/24 dev " + words[0]);
        }
        Wait.until("m1 reaches m2 by the bridge", () -> network.ping("m1", "10.84.0.102"));
        // a published port more, and less, leaves it as it was asked for
        wiring.publish("c1", PublishedPort.parse("8080:80"));
        wiring.unpublish("c1", PublishedPort.parse("8080:80"));
        assertThat(network.ping("m1", "10.84.0.102")).isTrue();
        network.in("host", "bridge", "link", "set", "dev", endpoint.hostLink().orElseThrow(), "hairpin", "off");
        network.ip("m1", "neigh flush all");
        assertThat(network.ping("m1", "10.84.0.102")).isFalse();
        assertThat(wiring.repair().found()).singleElement().asString().contains("sends nothing back");
        Wait.until("m1 reaches m2 again", () -> network.ping("m1", "10.84.0.102"));
    }

    @Test
    void vlansKeepEndpointsApartWhereTheKernelCan() {
        network.ip("host", "link add try0 type bridge");
        boolean can = network.attempt("host", "ip", "link", "set", "try0", "type", "bridge", "vlan_filtering", "1")
                        .exit()
                == 0;
        network.ip("host", "link del try0");
        List<String> before = KernelState.of(network, "host");
        if (!can) {
            assertThatThrownBy(() -> connect("c1", vlan(10)))
                    .isInstanceOf(PlanException.class)
                    .hasMessageContainingAll("VLAN", "CONFIG_BRIDGE_VLAN_FILTERING");
            same(before);
            assertThat(wiring.endpoints()).isEmpty();
            return;
        }
        connect("c1", vlan(10));
        connect("c2", vlan(10));
        connect("c3", vlan(20));
        wiring.connect(ConnectSpec.of(Place.named("c4"), "web"));
        Wait.until("in one VLAN", () -> network.ping("c1", "10.84.0.3") && network.ping("c2", "fd84::2"));
        Wait.until("the gateway", () -> network.ping("c4", "10.84.0.1"));
        assertThat(network.ping("c1", "10.84.0.4")).as("another VLAN").isFalse();
        assertThat(network.ping("c1", "10.84.0.5")).as("no VLAN").isFalse();
        assertThat(network.ping("c1", "10.84.0.1")).as("the gateway").isFalse();
        assertThat(network.in("c1", "ip", "route")).doesNotContain("default");
        assertThat(network.in("host", "bridge", "vlan", "show", "dev", hostLink("c1")))
                .contains("10 PVID Egress Untagged")
                .doesNotContain(" 1 ");
        network.in("host", "bridge", "vlan", "del", "dev", hostLink("c1"), "vid", "10");
        assertThat(wiring.repair().found()).singleElement().asString().contains("c1@web is not in VLAN 10");
        Wait.until("in one VLAN again", () -> network.ping("c1", "10.84.0.3"));
        List.of("c1", "c2", "c3", "c4").forEach(name -> wiring.disconnect(name, "web"));
    }

    /** BR_MAX_PORTS less the number 0. */
    @Test
    void theThousandTwentyFourthPortIsRefusedWithTheReasonAndTheNextStep() throws IOException {
        Path ports = folder.resolve("ports");
        Files.writeString(
                ports,
                IntStream.rangeClosed(1, 1023)
                        .mapToObj(number -> "link add p" + number + " master lh-web type ifb\n")
                        .collect(Collectors.joining()));
        Tool.run("ip", "-n", "host", "-batch", ports.toString());
        assertThatThrownBy(() -> wiring.connect(ConnectSpec.of(Place.named("c1"), "web")))
                .isInstanceOf(PlanException.class)
                .hasMessageContainingAll(
                        "connect netns:c1 to web",
                        "EXFULL",
                        "lh-web has 1023 ports",
                        "another network",
                        "as it was before");
        assertThat(wiring.endpoints()).isEmpty();
        assertThat(network.in("c1", "ip", "-br", "link")).doesNotContain("eth0");
        network.ip("host", "link del p7");
        Endpoint endpoint =
                wiring.connect(ConnectSpec.of(Place.named("c1"), "web")).endpoint();
        assertThat(network.in("host", "ip", "link", "show", endpoint.hostLink().orElseThrow()))
                .contains("master lh-web");
    }

    private static BridgePort vlan(int id) {
        return new BridgePort(false, false, OptionalInt.of(id));
    }

    private static NetworkSpec spec(String name) {
        return NetworkSpec.of(name, Prefix.parse("10.84.0.0/24"), Prefix.parse("fd84::/64"));
    }

    private Endpoint connect(String namespace, BridgePort port) {
        return wiring.connect(ConnectSpec.of(Place.named(namespace), "web").with(port))
                .endpoint();
    }

    private String hostLink(String endpoint) {
        return wiring.endpoints().stream()
                .filter(one -> one.name().equals(endpoint))
                .findFirst()
                .flatMap(Endpoint::hostLink)
                .orElseThrow();
    }

    private void same(List<String> before) {
        KernelState.settled(network, "host", before, "is as before");
    }
}
