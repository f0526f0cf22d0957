package dev.lasthop.wiring;

import static dev.lasthop.wiring.HostAndOutside.C1;
import static dev.lasthop.wiring.HostAndOutside.C2;
import static dev.lasthop.wiring.HostAndOutside.V4;
import static dev.lasthop.wiring.HostAndOutside.V6;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks and connections on the real kernel, judged by ping, sockets, ip and nft. The host is a namespace too. */
@KernelTest
@SuppressWarnings("try") // listeners are there to be open
class WiringKernelTest {
    @TempDir
    Path folder;

    private HostAndOutside place;
    private TestNetwork network;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        place = new HostAndOutside(folder);
        network = place.network;
        wiring = place.wiring;
        network.ip("host", "link set eth0 mtu 1450");
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void aContainerReachesTheOutsideAndItsNeighbour() {
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(NetworkSpec.of("web", V4, V6));
        List<String> created = KernelState.of(network, "host");
        Wiring.Connected first = wiring.connect(ConnectSpec.of(C1, "web"));
        wiring.connect(ConnectSpec.of(C2, "web"));
        assertThat(first.endpoint().addresses()).contains(Prefix.parse("10.88.0.2/24"), Prefix.parse("fd88::2/64"));
        assertThat(first.warnings()).isEmpty();
        assertThat(network.in("c1", "ip", "-br", "addr", "show", "eth0")).contains("10.88.0.2/24", "fd88::2/64");
        assertThat(network.in("c1", "ip", "link", "show", "eth0")).contains("mtu 1450");
        assertThat(network.in("host", "ip", "-6", "addr", "show", "dev", "lh-web", "tentative"))
                .as("addresses that the host cannot ask for endpoints with yet")
                .isBlank();
        for (String to : List.of("192.0.2.2", "2001:db8::2", "10.88.0.3", "fd88::3", "10.88.0.1", "fd88::1")) {
            Wait.until("c1 reaches " + to, () -> network.ping("c1", to));
        }
        assertThat(tcp("c2", "c1", "10.88.0.3")).isEqualTo("10.88.0.2");
        assertThat(tcp("outside", "c1", "192.0.2.2")).isEqualTo("192.0.2.1");
        assertThat(tcp("outside", "c1", "2001:db8::2")).isEqualTo("2001:db8::1");
        wiring.disconnect("c1", "web");
        wiring.disconnect("netns:c2", "web");
        isAsBefore(created);
        assertThat(network.in("c1", "ip", "-br", "link")).doesNotContain("eth0");
        wiring.removeNetwork("web");
        isAsBefore(before);
        assertThat(files()).containsExactly("state/lock");
    }

    @Test
    void twoNetworksOneDefaultRouteAndForwardingIsRestoredWithTheLast() {
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(NetworkSpec.of("one", V4));
        wiring.createNetwork(NetworkSpec.of("two", Prefix.parse("10.89.0.0/16"), Prefix.parse("fd89::/64")));
        wiring.connect(ConnectSpec.of(C1, "one"));
        wiring.connect(ConnectSpec.of(C1, "two"));
        assertThat(network.in("c1", "ip", "route"))
                .containsOnlyOnce("default")
                .contains("default via 10.88.0.1 dev eth0");
        assertThat(network.in("c1", "ip", "-6", "route")).contains("default via fd89::1 dev eth1");
        Wait.until("outside", () -> network.ping("c1", "192.0.2.2") && network.ping("c1", "2001:db8::2"));
        wiring.disconnect("c1", "one");
        wiring.disconnect("c1", "two");
        wiring.removeNetwork("one");
        assertThat(network.in("host", "sysctl", "-n", "net.ipv4.ip_forward")).isEqualTo("1\n");
        wiring.removeNetwork("two");
        isAsBefore(before);
    }

    @Test
    void anInternalNetworkKeepsToItself() {
        wiring.createNetwork(NetworkSpec.of("open", Prefix.parse("10.90.0.0/24")));
        wiring.createNetwork(NetworkSpec.of("closed", V4).asInternal());
        wiring.connect(ConnectSpec.of(C1, "closed"));
        wiring.connect(ConnectSpec.of(C2, "closed"));
        assertThat(network.in("c1", "ip", "route")).doesNotContain("default");
        Wait.until("neighbour", () -> network.ping("c1", "10.88.0.3"));
        network.ip("c1", "route add default via 10.88.0.1");
        assertThat(network.ping("c1", "192.0.2.2")).isFalse();
    }

    @Test
    void portsLeadToTheEndpointFromEverywhere() {
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(NetworkSpec.of("web", V4, V6));
        List<String> created = KernelState.of(network, "host");
        wiring.connect(ConnectSpec.of(C1, "web").withPorts(PublishedPort.parse("8080:80")));
        wiring.connect(ConnectSpec.of(C2, "web"));
        wiring.publish("c1", PublishedPort.parse("192.0.2.1:8081:80/tcp"));
        try (Tcp.Listener listener = new Tcp.Listener("c1", 80)) {
            for (String address : List.of("192.0.2.1", "2001:db8::1")) { // the first has to find its neighbours
                Wait.until(
                        "an answer from " + address,
                        () -> !Tcp.call("outside", address, 8080).isEmpty());
            }
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEqualTo("192.0.2.2");
            assertThat(Tcp.call("outside", "2001:db8::1", 8080)).isEqualTo("2001:db8::2");
            assertThat(Tcp.call("outside", "192.0.2.1", 8081)).isEqualTo("192.0.2.2");
            assertThat(Tcp.call("host", "127.0.0.1", 8080)).isEqualTo("10.88.0.1");
            assertThat(Tcp.call("host", "192.0.2.1", 8080)).isNotEmpty();
            assertThat(Tcp.call("c1", "192.0.2.1", 8080)).as("hairpin").isEqualTo("10.88.0.1");
            assertThat(Tcp.call("c2", "192.0.2.1", 8080)).as("neighbour").isEqualTo("10.88.0.1");
            assertThat(Tcp.call("c2", "10.88.0.1", 8081)).as("another address").isEmpty();
            assertThatThrownBy(() -> wiring.publish("c2", PublishedPort.parse("8080:81")))
                    .hasMessageContaining("8080/tcp")
                    .hasMessageContaining("c1");
            wiring.unpublish("c1", PublishedPort.parse("8080:80"));
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 8081)).isEqualTo("192.0.2.2");
        }
        try (Tcp.Listener listener = new Tcp.Listener("host", 9000)) {
            assertThatThrownBy(() -> wiring.publish("c2", PublishedPort.parse("9000:81")))
                    .hasMessageContaining("\"java\" (pid ");
        }
        wiring.disconnect("c1", "web");
        wiring.disconnect("c2", "web");
        isAsBefore(created);
        wiring.removeNetwork("web");
        isAsBefore(before);
    }

    @Test
    void whatCannotBeDoneIsSaidAndChangesNothing() {
        wiring.createNetwork(NetworkSpec.of("web", V4));
        wiring.connect(ConnectSpec.of(C1, "web").withAddresses(IpAddress.parse("10.88.0.9")));
        List<String> before = KernelState.of(network, "host");
        List<String> files = files();
        refused(() -> wiring.connect(ConnectSpec.of(C1, "web")), "connected to web already", "c1", "eth0");
        refused(
                () -> wiring.connect(ConnectSpec.of(Place.file(Path.of("/run/netns/c1")), "web")
                        .named("x")),
                "already");
        refused(() -> wiring.connect(ConnectSpec.of(C2, "nope")), "no network \"nope\"", "web");
        refused(() -> wiring.connect(ConnectSpec.of(Place.named("gone"), "web")), "netns:gone");
        refused(() -> wiring.connect(ConnectSpec.of(Place.HOST, "web")), "the host itself");
        ConnectSpec second = ConnectSpec.of(C2, "web");
        refused(() -> wiring.connect(second.withAddresses(IpAddress.parse("10.88.0.9"))), "c1 has it");
        refused(() -> wiring.connect(second.withAddresses(IpAddress.parse("10.88.1.9"))), "not in 10.88.0.0/24");
        refused(() -> wiring.connect(second.withAddresses(IpAddress.parse("10.88.0.0"))), "own address");
        refused(() -> wiring.connect(second.withAddresses(IpAddress.parse("10.88.0.255"))), "broadcast");
        refused(() -> wiring.connect(second.withAddresses(IpAddress.parse("10.88.0.1"))), "gateway");
        refused(() -> wiring.connect(second.withAddresses(IpAddress.parse("fd00::2"))), "no ipv6 subnet");
        refused(() -> wiring.connect(second.withInterface("lo")), "interface lo", "already");
        for (String name : List.of("", "-x", "a/b", "..", "a\0b", "a b", "x".repeat(16), "eth%d", "a\u001b[31m")) {
            refused(() -> wiring.connect(second.withInterface(name)), "interface");
            if (name.length() < 16) {
                refused(() -> wiring.createNetwork(NetworkSpec.of(name, Prefix.parse("10.9.0.0/24"))), "network");
                refused(() -> wiring.connect(second.named(name)), "endpoint");
            }
        }
        refused(() -> wiring.createNetwork(NetworkSpec.of("web", Prefix.parse("10.9.0.0/24"))), "already");
        refused(() -> wiring.createNetwork(NetworkSpec.of("b", Prefix.parse("10.88.0.128/25"))), "overlaps", "web");
        refused(() -> wiring.createNetwork(NetworkSpec.of("b", Prefix.parse("192.0.0.0/16"))), "overlaps", "192.0.2.");
        refused(() -> wiring.createNetwork(NetworkSpec.of("b", Prefix.parse("10.9.0.1/24"))), "10.9.0.0/24");
        refused(() -> wiring.createNetwork(NetworkSpec.of("b", Prefix.parse("10.9.0.0/31"))), "no room");
        refused(
                () -> wiring.createNetwork(
                        NetworkSpec.of("b", Prefix.parse("10.9.0.0/24")).withMtu(20)),
                "MTU");
        refused(
                () -> wiring.createNetwork(
                        NetworkSpec.of("b", Prefix.parse("fd09::/64")).withMtu(1000)),
                "1280");
        refused(
                () -> wiring.createNetwork(
                        NetworkSpec.of("b", Prefix.parse("10.9.0.0/24")).withBridge("eth0")),
                "eth0",
                "no bridge");
        refused( // or who removes one of the two takes from the other what lets it through
                () -> wiring.createNetwork(
                        NetworkSpec.of("b", Prefix.parse("10.9.0.0/24")).withBridge("lh-web")),
                "lh-web is network web's already");
        refused(
                () -> wiring.createNetwork(NetworkSpec.of("b", Prefix.parse("::ffff:10.9.0.0/120"))),
                "not for networks");
        refused(() -> wiring.removeNetwork("web"), "in use by c1");
        refused(() -> wiring.disconnect("c2", "web"), "not connected");
        isAsBefore(before);
        assertThat(files()).isEqualTo(files);
        network.ip("host", "link del lh-web");
        refused(() -> wiring.connect(second), "could not find bridge lh-web");
        wiring.disconnect("c1", "web");
        wiring.removeNetwork("web");
    }

    @Test
    void anExhaustedPoolSaysWhoHasWhat() {
        wiring.createNetwork(NetworkSpec.of("tiny", Prefix.parse("10.88.0.0/30")));
        wiring.connect(ConnectSpec.of(C1, "tiny"));
        refused(() -> wiring.connect(ConnectSpec.of(C2, "tiny")), "10.88.0.2 c1", "gc");
        wiring.disconnect("c1", "tiny");
        wiring.connect(ConnectSpec.of(C2, "tiny"));
    }

    @Test
    void dryRunsChangeNothingAndShowTheCommands() {
        List<String> before = KernelState.of(network, "host");
        assertThat(wiring.planCreateNetwork(NetworkSpec.of("web", V4)).commands())
                .contains(
                        "ip addr add 10.88.0.1/24 dev lh-web",
                        "ip link set lh-web up",
                        "sysctl -w net.ipv4.ip_forward=1",
                        "nft 'add element inet lasthop masquerade4 { 10.88.0.0/24 }'");
        isAsBefore(before);
        assertThat(wiring.networks()).isEmpty();
        wiring.createNetwork(NetworkSpec.of("web", V4));
        before = KernelState.of(network, "host");
        assertThat(wiring.planConnect(ConnectSpec.of(C1, "web")).commands())
                .contains(
                        "ip -n c1 addr add 10.88.0.2/24 dev eth0", "ip -n c1 route add default via 10.88.0.1 dev eth0");
        isAsBefore(before);
        assertThat(wiring.endpoints()).isEmpty();
    }

    @Test
    void theCommandsShownDoTheSame() {
        NetworkSpec spec = NetworkSpec.of("web", V4, V6);
        ConnectSpec first = ConnectSpec.of(C1, "web").withPorts(PublishedPort.parse("8080:80"));
        List<String> before = KernelState.of(network, "host");
        List<String> creating = wiring.planCreateNetwork(spec).commands();
        wiring.createNetwork(spec);
        List<String> connecting = wiring.planConnect(first).commands();
        wiring.connect(first);
        List<String> host = KernelState.of(network, "host");
        List<String> inside = KernelState.of(network, "c1");
        assertThat(network.in("host", "nft", "list", "set", "inet", "lasthop", "bridges"))
                .contains("\"lh-web\"");
        wiring.disconnect("c1", "web");
        wiring.removeNetwork("web");
        isAsBefore(before);
        Stream.concat(creating.stream(), connecting.stream())
                .forEach(command -> network.in("host", "sh", "-c", command.replace("netns c1", "netns /run/netns/c1")));
        KernelState.settledInNftsWords(network, "host", host);
        KernelState.settled(network, "c1", inside, "by the commands shown");
    }

    @Test
    void endpointsWhoseNamespaceIsGoneAreCollected() {
        wiring.createNetwork(NetworkSpec.of("web", V4));
        List<String> created = KernelState.of(network, "host");
        wiring.connect(ConnectSpec.of(C1, "web").withPorts(PublishedPort.parse("8080:80")));
        Tool.line("ip netns del c1");
        assertThat(wiring.gc().removed()).anyMatch(line -> line.contains("netns:c1 is gone"));
        isAsBefore(created);
        assertThat(wiring.endpoints()).isEmpty();
        assertThat(wiring.gc().removed()).isEmpty();
        wiring.removeNetwork("web");
    }

    @Test
    void anotherChainsPolicyIsWarnedOfAndLeftAlone() {
        network.in("host", "nft", "add table ip filter");
        network.in(
                "host", "nft", "add chain ip filter FORWARD { type filter hook forward priority 0 ; policy drop ; }");
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(NetworkSpec.of("web", V4));
        assertThat(wiring.connect(ConnectSpec.of(C1, "web")).warnings())
                .singleElement()
                .asString()
                .contains("ip filter FORWARD");
        wiring.disconnect("c1", "web");
        wiring.removeNetwork("web");
        isAsBefore(before);
    }

    @Test
    void aBridgeOfOthersIsUsedAndLeftAsItWas() {
        network.ip("host", "link add br9 address 02:00:00:00:00:09 type bridge").ip("host", "link set br9 up");
        network.ip("host", "link set br9 type bridge priority 4096 ageing_time 12300 mcast_snooping 0");
        network.ip("host", "link add i9 type ifb").ip("host", "link set i9 master br9 up");
        network.in("host", "bridge", "link", "set", "dev", "i9", "hairpin", "on", "cost", "77");
        network.ip("host", "addr add 10.77.0.1/24 dev br9").ip("host", "addr add 10.76.0.1/24 dev br9");
        Wait.until("its address is there", () -> network.ping("host", "10.77.0.1"));
        List<String> before = KernelState.of(network, "host");
        refused(() -> wiring.createNetwork(NetworkSpec.of("x", Prefix.parse("10.77.0.0/24"))), "overlaps");
        wiring.createNetwork(
                NetworkSpec.of("x", Prefix.parse("10.77.0.0/24"), V6).withBridge("br9"));
        assertThat(network.in("host", "ip", "link", "show", "br9")).contains("mtu 1500");
        wiring.connect(ConnectSpec.of(C1, "x"));
        Wait.until("outside", () -> network.ping("c1", "192.0.2.2"));
        assertThat(network.in("host", "ip", "-d", "link", "show", "br9"))
                .as("the uplink's 1450 is not forced on it")
                .contains("mtu 1500", "ageing_time 12300");
        wiring.disconnect("c1", "x");
        wiring.removeNetwork("x");
        isAsBefore(before);
        network.ip("host", "link set br9 type bridge stp_state 1 forward_delay 300 hello_time 100");
        Wait.until(
                "its port forwards", () -> network.in("host", "bridge", "link").contains("state forwarding"));
        List<String> spanning = KernelState.of(network, "host");
        wiring.createNetwork(NetworkSpec.of("x", V4).withBridge("br9"));
        wiring.removeNetwork("x");
        isAsBefore(spanning);
        refused(
                () -> wiring.createNetwork(
                        NetworkSpec.of("x", V4).withBridge("br9").withMtu(1400)),
                "br9",
                "1500");
    }

    private static void refused(Runnable work, String... says) {
        assertThatThrownBy(work::run).isInstanceOf(WiringException.class).hasMessageContainingAll(says);
    }

    /** Who the listener sees when {@code client} connects. */
    private static String tcp(String server, String client, String address) {
        try (Tcp.Listener listener = new Tcp.Listener(server, 7777)) {
            return Tcp.call(client, address, 7777);
        }
    }

    /** The host is as it was, as soon as the kernel has told everybody: an operational state takes up to a second. */
    private void isAsBefore(List<String> before) {
        KernelState.settled(network, "host", before, "is as before");
    }

    private List<String> files() {
        try (Stream<Path> all = Files.walk(folder)) {
            return new ArrayList<>(all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
