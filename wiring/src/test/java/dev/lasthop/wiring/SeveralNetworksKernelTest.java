package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One namespace on several networks: one default route of each family, which moves; answers leave by the way that the question came. */
@KernelTest
@SuppressWarnings("try") // listeners are there to be open
class SeveralNetworksKernelTest {
    private static final Place C1 = Place.named("c1");

    private static final IpAddress FIRST = IpAddress.parse("10.81.0.2");
    private static final IpAddress FIRST6 = IpAddress.parse("fd81::2");

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private NetworkNamespace host;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        network.namespace("host").namespace("outside").namespace("c1").veth("host", "eth0", "outside", "eth0");
        network.ip("host", "addr add 192.0.2.1/24 dev eth0").ip("outside", "addr add 192.0.2.2/24 dev eth0");
        network.ip("host", "addr add 2001:db8::1/64 dev eth0 nodad");
        network.ip("outside", "addr add 2001:db8::2/64 dev eth0 nodad");
        network.ip("outside", "route add 10.0.0.0/8 via 192.0.2.1").ip("outside", "route add fd00::/8 via 2001:db8::1");
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        wiring = new Wiring(new StateFolders(folder.resolve("state"), folder.resolve("run")), host);
        for (String name : List.of("a 10.81.0.0/24 fd81::/64", "b 10.82.0.0/24 fd82::/64", "c 10.83.0.0/24")) {
            String[] words = name.split(" ");
            Prefix[] subnets = List.of(words).subList(1, words.length).stream()
                    .map(Prefix::parse)
                    .toArray(Prefix[]::new);
            wiring.createNetwork(NetworkSpec.of(words[0], subnets).withoutMasquerade());
            // as hosts often are, and what an answer that leaves by the wrong network dies of
            network.sysctl("host", "net.ipv4.conf.lh-" + words[0] + ".rp_filter", "1");
        }
    }

    @AfterEach
    void close() {
        wiring.close();
        host.close();
        network.close();
    }

    @Test
    void theDefaultRouteMovesAndIsAlwaysOne() {
        List<String> empty = inside();
        wiring.connect(ConnectSpec.of(C1, "a").withAddresses(FIRST, FIRST6));
        defaultsAre("10.81.0.1 dev eth0", "fd81::1 dev eth0");
        List<String> alone = inside();
        wiring.connect(ConnectSpec.of(C1, "b"));
        wiring.connect(ConnectSpec.of(C1, "c"));
        defaultsAre("10.81.0.1 dev eth0", "fd81::1 dev eth0");
        assertThat(wiring.planRepair().found()).isEmpty();
        wiring.disconnect("c1", "a");
        defaultsAre("10.82.0.1 dev eth1", "fd82::1 dev eth1");
        assertThat(wiring.planRepair().found()).isEmpty();
        wiring.disconnect("c1", "b");
        defaultsAre("10.83.0.1 dev eth2", "");
        wiring.disconnect("c1", "c");
        same(empty);
        wiring.connect(ConnectSpec.of(C1, "a").withAddresses(FIRST, FIRST6));
        same(alone);
        wiring.connect(ConnectSpec.of(C1, "c").with(DefaultRoute.WANTED)); // leads nowhere with IPv6
        defaultsAre("10.83.0.1 dev eth1", "fd81::1 dev eth0");
        wiring.connect(ConnectSpec.of(C1, "b").with(DefaultRoute.WANTED));
        defaultsAre("10.82.0.1 dev eth2", "fd82::1 dev eth2");
        assertThat(wiring.planRepair().found()).isEmpty();
        wiring.disconnect("c1", "b");
        defaultsAre("10.83.0.1 dev eth1", "fd81::1 dev eth0");
        wiring.disconnect("c1", "c");
        same(alone);
        wiring.disconnect("c1", "a");
        same(empty);
    }

    @Test
    void answersLeaveByTheNetworkThatTheQuestionCameIn() {
        wiring.connect(ConnectSpec.of(C1, "a"));
        wiring.connect(ConnectSpec.of(C1, "b").withPorts(PublishedPort.parse("8080:7777")));
        for (String address : List.of("10.81.0.2", "10.82.0.2", "fd81::2", "fd82::2")) {
            Wait.until("outside reaches " + address, () -> network.ping("outside", address));
            assertThat(Transfer.tcp("outside", "c1", address)).isNotEmpty();
        }
        assertThat(Transfer.udpBound("outside", "c1", "10.82.0.2")).isEqualTo("192.0.2.2");
        try (Tcp.Listener listener = new Tcp.Listener("c1", 7777)) {
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).as("published").isEqualTo("192.0.2.2");
        }
        // what the container begins itself leaves by the default route, with that network's address
        assertThat(Transfer.tcp("c1", "outside", "192.0.2.2")).isEqualTo("10.81.0.2");
        // without the rule it is the trap of several networks
        network.ip("c1", "rule del table 7601");
        assertThat(network.ping("outside", "10.82.0.2")).isFalse();
        assertThat(wiring.repair().found()).singleElement().asString().contains("c1@b", "rule add from 10.82.0.0/24");
        Wait.until("outside reaches it again", () -> network.ping("outside", "10.82.0.2"));
    }

    @Test
    void anothersDefaultRouteStaysUnlessAskedForAndComesBack() {
        network.namespace("other").veth("c1", "net0", "other", "net0");
        network.ip("c1", "addr add 10.99.0.2/24 dev net0").ip("c1", "route add default via 10.99.0.1 metric 100");
        network.ip("c1", "addr add fd99::2/64 dev net0 nodad").ip("c1", "-6 route add default via fd99::1");
        List<String> before = inside();
        wiring.connect(ConnectSpec.of(C1, "a"));
        defaultsAre("10.99.0.1 dev net0", "fd99::1 dev net0");
        wiring.disconnect("c1", "a");
        same(before);
        wiring.connect(ConnectSpec.of(C1, "a").with(DefaultRoute.WANTED));
        defaultsAre("10.81.0.1 dev eth0", "fd81::1 dev eth0");
        wiring.connect(ConnectSpec.of(C1, "b"));
        wiring.disconnect("c1", "a");
        defaultsAre("10.99.0.1 dev net0", "fd99::1 dev net0");
        wiring.disconnect("c1", "b");
        same(before);
    }

    @Test
    void whatWasFoundInTheNamespaceIsSetBackWhoeverGoesFirst() {
        network.ip("c1", "link set lo down").ip("c1", "addr flush dev lo");
        String ttl = network.in("c1", "sysctl", "-n", "net.ipv4.ip_default_ttl");
        List<String> empty = inside();
        for (String order : List.of("a b", "b a")) {
            String[] leaving = order.split(" ");
            wiring.connect(ConnectSpec.of(C1, "a").with(timeToLive("77")));
            wiring.connect(ConnectSpec.of(C1, "b").with(timeToLive("99")));
            assertThat(network.ping("c1", "127.0.0.1")).isTrue();
            assertThat(wiring.planRepair().found()).isEmpty();
            wiring.disconnect("c1", leaving[0]);
            assertThat(network.in("c1", "sysctl", "-n", "net.ipv4.ip_default_ttl")
                            .strip())
                    .as("what is wanted by who is left")
                    .isEqualTo(leaving[0].equals("a") ? "99" : "77");
            assertThat(network.ping("c1", "127.0.0.1")).isTrue();
            assertThat(wiring.planRepair().found()).isEmpty();
            wiring.disconnect("c1", leaving[1]);
            same(empty);
        }
        wiring.connect(ConnectSpec.of(C1, "a"));
        wiring.connect(ConnectSpec.of(C1, "b").with(timeToLive("99")));
        wiring.disconnect("c1", "b");
        assertThat(network.in("c1", "sysctl", "-n", "net.ipv4.ip_default_ttl")).isEqualTo(ttl);
        wiring.disconnect("c1", "a");
        same(empty);
    }

    @Test
    void aParameterIsAsItWasAskedForInWhateverWayTheKernelWritesIt() {
        wiring.connect(ConnectSpec.of(C1, "a")
                .with(new KernelParameters(new TreeMap<>(Map.of(
                        "net/ipv4/ping_group_range", "0 1",
                        "net/ipv4/ip_default_ttl", "0x4d",
                        "net/ipv4/tcp_fin_timeout", "045")))));
        assertThat(network.in("c1", "sysctl", "-n", "net.ipv4.ip_default_ttl")).contains("77");
        assertThat(network.in("c1", "sysctl", "-n", "net.ipv4.tcp_fin_timeout")).contains("37");
        assertThat(wiring.planRepair().found()).isEmpty();
        network.sysctl("c1", "net.ipv4.tcp_fin_timeout", "45");
        assertThat(wiring.repair().found()).singleElement().asString().contains("tcp_fin_timeout", "is 45, not 045");
    }

    @Test
    void interfacesThatWereDeletedAreMadeAgainBesideTheOthers() {
        wiring.connect(ConnectSpec.of(C1, "a"));
        wiring.connect(ConnectSpec.of(C1, "b").with(DefaultRoute.WANTED));
        wiring.connect(ConnectSpec.of(C1, "c"));
        List<String> wired = inside();
        for (List<String> gone : List.of(
                List.of("eth0"),
                List.of("eth1"),
                List.of("eth2"),
                List.of("eth0", "eth1"),
                List.of("eth2", "eth1", "eth0"))) {
            gone.forEach(link -> network.ip("c1", "link del " + link));
            assertThat(wiring.repair().found()).as(gone.toString()).hasSizeGreaterThanOrEqualTo(gone.size());
            assertThat(wiring.planRepair().found()).as(gone.toString()).isEmpty();
            KernelState.settled(network, "c1", wired, gone + " deleted and made again");
        }
        gone("rule del table 7601", "rule del table 7600", "-6 rule del table 7600", "link del eth0", "link del eth2");
        KernelState.settled(network, "c1", wired, "rules lost too");
    }

    private void gone(String... commands) {
        for (String command : commands) {
            network.in("c1", "sh", "-c", "ip " + command + " || true");
        }
        assertThat(wiring.repair().found()).isNotEmpty();
        assertThat(wiring.planRepair().found()).isEmpty();
    }

    private static KernelParameters timeToLive(String value) {
        return new KernelParameters(new TreeMap<>(Map.of("net/ipv4/ip_default_ttl", value)));
    }

    private void defaultsAre(String ipv4, String ipv6) {
        assertThat(network.in("c1", "ip", "route", "show", "default").lines())
                .singleElement()
                .asString()
                .startsWith("default via " + ipv4);
        List<String> six =
                network.in("c1", "ip", "-6", "route", "show", "default").lines().toList();
        assertThat(six).hasSize(ipv6.isEmpty() ? 0 : 1);
        six.forEach(line -> assertThat(line).startsWith("default via " + ipv6));
    }

    private List<String> inside() {
        return KernelState.of(network, "c1");
    }

    private void same(List<String> before) {
        KernelState.settled(network, "c1", before, "is as before");
    }
}
