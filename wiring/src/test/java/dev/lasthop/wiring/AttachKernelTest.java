package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Driver attach on the real kernel: an interface of the host goes to an endpoint and comes back as it was. */
@KernelTest
class AttachKernelTest {
    private static final Place C1 = Place.named("c1");

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private final Traffic traffic = new Traffic(network);
    private NetworkNamespace host;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        network.namespace("host").namespace("far").namespace("c1").namespace("c2");
        network.veth("host", "eth0", "far", "eth0").veth("host", "nic7", "far", "lan");
        network.ip("host", "addr add 203.0.113.1/24 dev eth0").ip("host", "route add default via 203.0.113.2");
        network.ip("host", "link set nic7 address 02:00:00:00:00:07 mtu 1400");
        network.ip("far", "link set lan mtu 1400");
        network.ip("host", "addr add 192.0.2.7/24 dev nic7").ip("host", "addr add 2001:db8::7/64 dev nic7 nodad");
        network.ip("host", "route add 198.51.100.0/24 via 192.0.2.2 metric 7");
        network.ip("host", "-6 route add 2001:db8:f::/64 via 2001:db8::2");
        network.ip("far", "addr add 192.0.2.2/24 dev lan").ip("far", "addr add 2001:db8::2/64 dev lan nodad");
        network.ip("far", "addr add 198.51.100.1/32 dev lo").ip("far", "addr add 2001:db8:f::1/128 dev lo");
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        wiring = new Wiring(new StateFolders(folder.resolve("state"), folder.resolve("run")), host);
    }

    @AfterEach
    void close() {
        wiring.close();
        host.close();
        network.close();
    }

    private static NetworkSpec keeping() {
        return NetworkSpec.of("nic").withDriver(new AttachDriver());
    }

    private static ConnectSpec nic() {
        return ConnectSpec.of(C1, "nic").withHostLink("nic7");
    }

    @Test
    void withoutASubnetItKeepsItsAddresses() {
        List<String> before = KernelState.of(network, "host");
        List<String> inside = KernelState.of(network, "c1");
        wiring.createNetwork(keeping());
        Endpoint endpoint = wiring.connect(nic().withInterface("lan0")).endpoint();
        assertThat(endpoint.addresses()).contains(Prefix.parse("192.0.2.7/24"), Prefix.parse("2001:db8::7/64"));
        assertThat(network.in("host", "ip", "-br", "link")).doesNotContain("nic7");
        assertThat(network.in("c1", "ip", "link", "show", "lan0")).contains("mtu 1400", "02:00:00:00:00:07", "UP");
        traffic.flows("c1", "far", "192.0.2.2", "192.0.2.7");
        traffic.flows("c1", "far", "2001:db8::2", "2001:db8::7");
        traffic.flows("far", "c1", "192.0.2.7", "192.0.2.2");
        traffic.flows("far", "c1", "2001:db8::7", "2001:db8::2");
        assertThat(wiring.planRepair().found()).isEmpty();
        wiring.disconnect("c1", "nic");
        settled("c1", inside);
        settled("host", before);
        traffic.flows("host", "far", "198.51.100.1", "192.0.2.7");
        wiring.removeNetwork("nic");
        settled("host", before);
    }

    @Test
    void withASubnetItGetsItsAddressesFromThere() {
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(NetworkSpec.of("nic", Prefix.parse("192.0.2.0/24"), Prefix.parse("2001:db8::/64"))
                .withDriver(new AttachDriver())
                .withGateways(IpAddress.parse("192.0.2.2"), IpAddress.parse("2001:db8::2")));
        Endpoint endpoint = wiring.connect(nic().withAddresses(IpAddress.parse("192.0.2.50"))
                        .withMac(MacAddress.parse("02:00:00:00:00:50")))
                .endpoint();
        assertThat(endpoint.addresses()).contains(Prefix.parse("192.0.2.50/24")).hasSize(2);
        assertThat(network.in("c1", "ip", "addr", "show", "eth0"))
                .contains("192.0.2.50/24", "02:00:00:00:00:50")
                .doesNotContain("192.0.2.7");
        traffic.flows("c1", "far", "198.51.100.1", "192.0.2.50");
        traffic.flows(
                "c1",
                "far",
                "2001:db8:f::1",
                endpoint.addresses().getLast().address().toString());
        network.ip("c1", "addr flush dev eth0");
        assertThat(wiring.repair().found()).isNotEmpty();
        traffic.flows("c1", "far", "198.51.100.1", "192.0.2.50");
        wiring.disconnect("c1", "nic");
        wiring.removeNetwork("nic");
        settled("host", before);
    }

    @Test
    void itComesBackDownIfItWasDownAndUnderAnotherNameIfItsOwnIsTaken() {
        Tool.line("ip -n host link add nic8 address 02:00:00:00:00:08 type veth peer name lan8 netns far");
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(keeping());
        ConnectSpec spec = ConnectSpec.of(C1, "nic").withHostLink("nic8");
        wiring.connect(spec);
        assertThat(network.in("c1", "ip", "link", "show", "eth0")).contains("UP");
        wiring.disconnect("c1", "nic");
        settled("host", before);
        wiring.connect(spec);
        network.ip("host", "link add nic8 type ifb");
        wiring.disconnect("c1", "nic");
        assertThat(network.in("host", "ip", "-br", "link")).contains("02:00:00:00:00:08", "nic8");
        assertThat(network.in("c1", "ip", "-br", "link")).doesNotContain("eth0");
        assertThat(wiring.endpoints()).isEmpty();
    }

    /** A virtual interface ends with its namespace; nothing of it may be left on record, or in the way. */
    @Test
    void theNamespacesDeathIsNoObstacle() {
        wiring.createNetwork(keeping());
        wiring.connect(nic());
        Tool.line("ip netns del c1");
        assertThat(wiring.gc().removed()).anyMatch(line -> line.contains("netns:c1 is gone"));
        assertThat(wiring.endpoints()).isEmpty();
        wiring.removeNetwork("nic");
    }

    @Test
    void whatCannotBeAttachedIsSaid() {
        wiring.createNetwork(keeping());
        List<String> before = KernelState.of(network, "host");
        refused(ConnectSpec.of(C1, "nic"), "--link");
        refused(ConnectSpec.of(C1, "nic").withHostLink("nope"), "no interface nope");
        refused(ConnectSpec.of(C1, "nic").withHostLink("lo"), "each namespace has its own");
        refused(ConnectSpec.of(C1, "nic").withHostLink("eth0"), "default route", "cut off");
        network.ip("host", "link add br0 type bridge").ip("host", "link add i0 type ifb");
        network.ip("host", "link set i0 master br0");
        refused(ConnectSpec.of(C1, "nic").withHostLink("i0"), "port of br0");
        network.ip("host", "link del i0").ip("host", "link del br0");
        refused(nic().withPorts(PublishedPort.parse("8080:80")), "cannot be published");
        settled("host", before);
    }

    private void refused(ConnectSpec spec, String... says) {
        assertThatThrownBy(() -> wiring.connect(spec))
                .isInstanceOf(WiringException.class)
                .hasMessageContainingAll(says);
    }

    private void settled(String namespace, List<String> before) {
        KernelState.settled(network, namespace, before, "is as before");
    }
}
