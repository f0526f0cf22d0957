package dev.lasthop.wiring;

import static dev.lasthop.wiring.HostAndOutside.V4;
import static dev.lasthop.wiring.HostAndOutside.V6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.Change.RateChange;
import dev.lasthop.wiring.ExtraRoutes.ExtraRoute;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Rate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that are changed while they are connected, judged by ip, tc, ping and sockets. */
@KernelTest
@SuppressWarnings("try") // listeners are there to be open
class LivingKernelTest {
    @TempDir
    Path folder;

    private HostAndOutside place;
    private TestNetwork network;
    private Wiring wiring;
    private List<String> inside;
    private List<String> created;

    @BeforeEach
    void wire() {
        place = new HostAndOutside(folder);
        network = place.network;
        wiring = place.wiring;
        wiring.createNetwork(NetworkSpec.of("web", V4, V6));
        inside = KernelState.of(network, "c1");
        wiring.connect(ConnectSpec.of(Place.named("c2"), "web"));
        created = KernelState.of(network, "host");
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void everythingIsChangedAndDisconnectingLeavesNothing() {
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web"));
        assertThat(network.in("c1", "sysctl", "-n", "net.ipv4.ip_default_ttl")).isEqualTo("64\n");
        Change change = Change.NOTHING
                .withMtu(1400)
                .withMac(MacAddress.parse("02:00:00:00:00:42"))
                .withRateIn(RateChange.parse("20mbit"))
                .withRateOut(RateChange.parse("10mbit"))
                .withRoutes(List.of(ExtraRoute.parse("203.0.113.0/24"), ExtraRoute.parse("2001:db8:9::/48,fd88::7")))
                .withParameters(new TreeMap<>(
                        Map.of("net/ipv4/ip_default_ttl", "77", "net/ipv4/conf/IFNAME/log_martians", "1")));
        {
            assertThat(wiring.planChange("c1", "web", change).commands())
                    .contains(
                            "ip -n c1 link set eth0 mtu 1400", "ip netns exec c1 sysctl -w net/ipv4/ip_default_ttl=77");
        }
        Endpoint changed = wiring.change("c1", "web", change).endpoint();
        assertThat(network.in("c1", "ip", "link", "show", "eth0")).contains("mtu 1400", "02:00:00:00:00:42");
        assertThat(network.in("host", "ip", "link", "show", changed.hostLink().orElseThrow()))
                .contains("mtu 1400");
        assertThat(network.in("c1", "ip", "route")).contains("203.0.113.0/24 via 10.88.0.1 dev eth0");
        assertThat(network.in("c1", "ip", "-6", "route")).contains("2001:db8:9::/48 via fd88::7 dev eth0");
        assertThat(network.in("c1", "sysctl", "-n", "net.ipv4.ip_default_ttl", "net.ipv4.conf.eth0.log_martians"))
                .isEqualTo("77\n1\n");
        assertThat(network.in(
                        "host", "tc", "qdisc", "show", "dev", changed.hostLink().orElseThrow()))
                .contains("tbf 1: root", "rate 20Mbit", "clsact");
        assertThat(network.in("host", "tc", "qdisc", "show", "dev", Tuning.rateLink(changed)))
                .contains("rate 10Mbit");
        for (String to : List.of("10.88.0.2", "fd88::2", "10.88.0.1", "192.0.2.2")) {
            Wait.until("c1 reaches " + to, () -> network.ping("c1", to));
        }
        assertThat(wiring.change("c1", "web", change).plan().steps()).isEmpty();
        assertThat(wiring.planRepair().found()).isEmpty();
        wiring.disconnect("c1", "web");
        settle("host", created);
        settle("c1", inside);
    }

    @Test
    void whatWasChangedIsChangedBack() {
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web"));
        settleThen();
        List<String> connected = KernelState.of(network, "host");
        List<String> before = KernelState.of(network, "c1");
        wiring.change(
                "c1",
                "web",
                Change.NOTHING
                        .withMtu(1300)
                        .withRateIn(RateChange.parse("20mbit"))
                        .withRateOut(RateChange.parse("10mbit"))
                        .withRoutes(List.of(ExtraRoute.parse("203.0.113.0/24")))
                        .withParameters(new TreeMap<>(Map.of("net/ipv4/ip_default_ttl", "77"))));
        wiring.change("c1", "web", Change.NOTHING.withRateOut(RateChange.parse("30mbit")));
        wiring.change(
                "c1",
                "web",
                Change.NOTHING
                        .withMtu(1500)
                        .withRateIn(RateChange.parse("unlimited"))
                        .withRateOut(RateChange.parse("unlimited"))
                        .withoutRoutes(List.of(Prefix.parse("203.0.113.0/24")))
                        .withoutParameters(List.of("net/ipv4/ip_default_ttl")));
        settle("host", connected);
        settle("c1", before);
        assertThat(wiring.endpoints().getFirst().settings()).isEqualTo(Settings.NONE);
    }

    @Test
    void publishedPortsFollowAChangedAddress() throws Exception {
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web").withPorts(PublishedPort.parse("8080:80")));
        network.ip("c1", "route add 198.51.100.0/24 via 10.88.0.1 src 10.88.0.3");
        try (Tcp.Listener server = new Tcp.Listener("c1", 80)) {
            Wait.until(
                    "the port is reached",
                    () -> !Tcp.call("outside", "192.0.2.1", 8080).isEmpty());
            Endpoint changed = wiring.change(
                            "c1",
                            "web",
                            Change.NOTHING.withAddresses(
                                    List.of(IpAddress.parse("10.88.0.99"), IpAddress.parse("fd88::99"))))
                    .endpoint();
            assertThat(changed.addresses()).containsExactly(Prefix.parse("10.88.0.99/24"), Prefix.parse("fd88::99/64"));
            assertThat(network.in("c1", "ip", "-br", "addr", "show", "eth0"))
                    .contains("10.88.0.99/24", "fd88::99/64")
                    .doesNotContain("10.88.0.3/");
            assertThat(network.in("c1", "ip", "route"))
                    .contains(
                            "default via 10.88.0.1 dev eth0", "198.51.100.0/24 via 10.88.0.1 dev eth0 src 10.88.0.99");
            assertThat(network.in("host", "nft", "list", "map", "inet", "lasthop", "any4"))
                    .contains("10.88.0.99 . 80");
            assertThat(network.in("host", "conntrack", "-L")).doesNotContain("10.88.0.3");
            Wait.until(
                    "the port is reached",
                    () -> !Tcp.call("outside", "192.0.2.1", 8080).isEmpty());
            Wait.until("by IPv6", () -> network.ping("c2", "fd88::99"));
        }
        assertThat(folder.resolve("state/networks/web/10.88.0.3")).doesNotExist();
        assertThat(folder.resolve("state/networks/web/10.88.0.99")).exists();
        wiring.disconnect("c1", "web");
        settle("host", created);
        settle("c1", inside);
    }

    /** 400,000 bytes each way: they cannot have gone faster than the rate lets them, and the bucket says that they waited. */
    @Test
    void trafficIsNotFasterThanItsRate() throws IOException, InterruptedException {
        Endpoint endpoint =
                wiring.connect(ConnectSpec.of(Place.named("c1"), "web")).endpoint();
        String link = endpoint.hostLink().orElseThrow();
        transfer("c2", "c1", "10.88.0.3"); // without a limit it arrives as well
        assertThat(network.in("host", "tc", "qdisc", "show", "dev", link)).doesNotContain("tbf");
        wiring.change("c1", "web", Change.NOTHING.withRateIn(RateChange.parse("16mbit")));
        assertThat(transfer("c2", "c1", "10.88.0.3")).isGreaterThan(100); // 200 ms, less what goes at once
        assertThat(overlimits(link)).isPositive();
        wiring.change(
                "c1",
                "web",
                Change.NOTHING.withRateIn(RateChange.parse("unlimited")).withRateOut(RateChange.parse("16mbit")));
        assertThat(transfer("c1", "c2", "10.88.0.2")).isGreaterThan(100);
        assertThat(overlimits(Tuning.rateLink(endpoint))).isPositive();
    }

    private long transfer(String from, String to, String address) throws IOException, InterruptedException {
        Process server = network.start(to, "nc", "-l", "-N", "-p", "5001");
        Wait.until("nc listens", () -> network.in(to, "ss", "-ltn").contains(":5001"));
        long start = System.nanoTime();
        Process client = network.start(from, "sh", "-c", "head -c 400000 /dev/zero | nc -N " + address + " 5001");
        assertThat(server.getInputStream().readAllBytes()).hasSize(400_000);
        long millis = (System.nanoTime() - start) / 1_000_000;
        client.waitFor();
        server.waitFor();
        return millis;
    }

    private long overlimits(String link) {
        String output = network.in("host", "tc", "-j", "-s", "qdisc", "show", "dev", link, "root");
        assertThat(output).contains("\"kind\":\"tbf\"");
        return Long.parseLong(output.replaceAll("(?s).*\"overlimits\":([0-9]+).*", "$1"));
    }

    @Test
    void repairPutsBackWhatOthersTookAway() {
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web")
                .with(new InterfaceMtu(1400))
                .with(new RateLimits(Optional.of(Rate.parse("20mbit")), Optional.of(Rate.parse("10mbit"))))
                .with(new ExtraRoutes(List.of(ExtraRoute.parse("203.0.113.0/24"))))
                .with(new KernelParameters(new TreeMap<>(Map.of("net/ipv4/ip_default_ttl", "77")))));
        assertThat(wiring.planRepair().found()).isEmpty();
        List<String> connected = KernelState.of(network, "host");
        List<String> before = KernelState.of(network, "c1");
        Endpoint endpoint = wiring.endpoints().getFirst();
        String link = endpoint.hostLink().orElseThrow();
        network.in("host", "tc", "qdisc", "del", "dev", link, "root");
        network.in("host", "tc", "qdisc", "del", "dev", link, "clsact");
        network.in("host", "ip", "link", "del", Tuning.rateLink(endpoint));
        network.ip("c1", "link set eth0 mtu 1450").ip("c1", "route del 203.0.113.0/24");
        network.sysctl("c1", "net.ipv4.ip_default_ttl", "64");
        assertThat(wiring.repair().found())
                .containsExactly(
                        "MTU of eth0 of c1@web was changed",
                        "what goes into c1@web is not limited to 20mbit",
                        "what comes out of c1@web is not limited to 10mbit",
                        "route 203.0.113.0/24 of c1@web is gone",
                        "net/ipv4/ip_default_ttl of c1@web is 64, not 77");
        settle("host", connected);
        settle("c1", before);
        network.in("host", "tc", "filter", "del", "dev", link, "ingress");
        assertThat(wiring.repair().found()).containsExactly("what comes out of c1@web is not limited to 10mbit");
        settle("host", connected);
        wiring.disconnect("c1", "web");
        settle("host", created);
        settle("c1", inside);
    }

    @Test
    void whatCannotBeIsRefusedAndChangesNothing() {
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web"));
        settleThen();
        List<String> before = KernelState.of(network, "c1");
        refused(Change.NOTHING.withMtu(1279), "1280 to 1500");
        refused(Change.NOTHING.withMtu(9000), "1280 to 1500");
        refused(Change.NOTHING.withMac(MacAddress.parse("01:00:00:00:00:01")), "no MAC address");
        refused(Change.NOTHING.withAddresses(List.of(IpAddress.parse("10.88.0.2"))), "c2 has it");
        refused(Change.NOTHING.withAddresses(List.of(IpAddress.parse("10.99.0.2"))), "not in 10.88.0.0/24");
        refused(Change.NOTHING.withoutRoutes(List.of(V4)), "no route to 10.88.0.0/24 that was added");
        refused(Change.NOTHING.withoutParameters(List.of("net/ipv4/ip_default_ttl")), "was not set");
        refused(
                Change.NOTHING.withRoutes(List.of(ExtraRoute.parse("203.0.113.0/24,192.0.2.77"))),
                "Nexthop has invalid gateway");
        refused(
                Change.NOTHING.withMtu(1400).withParameters(new TreeMap<>(Map.of("net/ipv4/there_is_no_such", "1"))),
                "no such parameter");
        refused( // of the whole machine: a namespace cannot set it
                Change.NOTHING.withParameters(new TreeMap<>(Map.of("net/netfilter/nf_conntrack_max", "7"))), "");
        for (String name : List.of("kernel.panic", "net/../kernel/panic", "net//ipv4", "net/ipv4/x\ny", "net", "")) {
            assertThatThrownBy(() -> KernelParameters.checkedName(name)).isInstanceOf(IllegalArgumentException.class);
        }
        settle("c1", before);
        assertThat(wiring.endpoints().getFirst().settings()).isEqualTo(Settings.NONE);
    }

    private void refused(Change change, String why) {
        assertThatThrownBy(() -> wiring.change("c1", "web", change)).hasMessageContaining(why);
    }

    /** What the kernel does a moment later, it has done. */
    private void settleThen() {
        Wait.until("addresses", () -> network.ping("c1", "fd88::1") && network.ping("c1", "10.88.0.1"));
    }

    private void settle(String namespace, List<String> before) {
        KernelState.settled(network, namespace, before, "is as before");
    }
}
