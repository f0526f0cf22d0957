package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one link that route to each other's containers. */
@KernelTest
class HostRoutesKernelTest {
    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private final List<NetworkNamespace> hosts = new ArrayList<>();
    private final List<Wiring> wirings = new ArrayList<>();

    @BeforeEach
    void wire() {
        network.namespace("n1").namespace("n2").namespace("c1").namespace("c2").veth("n1", "eth0", "n2", "eth0");
        for (int node = 1; node <= 2; node++) {
            String name = "n" + node;
            network.ip(name, "addr add 192.0.2." + node + "/24 dev eth0");
            network.ip(name, "addr add 2001:db8::" + node + "/64 dev eth0 nodad");
            hosts.add(NetworkNamespace.open(Path.of("/run/netns/" + name)));
            wirings.add(new Wiring(
                    new StateFolders(folder.resolve(name + "/state"), folder.resolve(name + "/run")), hosts.getLast()));
        }
        network.ip("n1", "route add default via 192.0.2.2").ip("n1", "-6 route add default via 2001:db8::2");
        // the carrier comes late, and with it the routes to the addresses
        Wait.until("the link is there", () -> network.ping("n1", "192.0.2.2") && network.ping("n1", "2001:db8::2"));
    }

    @AfterEach
    void close() {
        wirings.forEach(Wiring::close);
        hosts.forEach(NetworkNamespace::close);
        network.close();
    }

    @Test
    void containersReachEachOtherUnderTheirOwnAddresses() {
        List<String> before = KernelState.of(network, "n1");
        for (int node = 1; node <= 2; node++) {
            wirings.get(node - 1).createNetwork(spec(node).with(new Peers(List.of(peer(3 - node)))));
            wirings.get(node - 1).connect(ConnectSpec.of(Place.named("c" + node), "web"));
        }
        assertThat(network.in("n1", "ip", "route")).contains("10.6.2.0/24 via 192.0.2.2 dev eth0 proto 76");
        assertThat(network.in("n1", "ip", "-6", "route")).contains("fd06:2::/64 via 2001:db8::2 dev eth0 proto 76");
        String other = wirings.get(1)
                .endpoints()
                .getFirst()
                .addresses()
                .getFirst()
                .address()
                .toString();
        String other6 = wirings.get(1)
                .endpoints()
                .getFirst()
                .addresses()
                .getLast()
                .address()
                .toString();
        String own = wirings.get(0)
                .endpoints()
                .getFirst()
                .addresses()
                .getFirst()
                .address()
                .toString();
        String own6 = wirings.get(0)
                .endpoints()
                .getFirst()
                .addresses()
                .getLast()
                .address()
                .toString();
        Wait.until("c1 reaches c2", () -> network.ping("c1", other) && network.ping("c1", other6));
        assertThat(Transfer.tcp("c1", "c2", other)).isEqualTo(own);
        assertThat(Transfer.tcp("c2", "c1", own6)).isEqualTo(other6);
        assertThat(Transfer.udp("c1", "c2", other6)).isEqualTo(own6);
        assertThat(Transfer.udp("c2", "c1", own)).isEqualTo(other);
        assertThat(Transfer.tcp("c1", "n2", "192.0.2.2"))
                .as("anything else is masqueraded")
                .isEqualTo("192.0.2.1");
        assertThat(wirings.get(0).planRepair().found()).isEmpty();
        network.ip("n1", "route del 10.6.2.0/24");
        assertThat(wirings.get(0).repair().found()).singleElement().asString().contains("peer n2", "10.6.2.0/24");
        Wait.until("c1 reaches c2 again", () -> network.ping("c1", other));
        wirings.get(0).disconnect("c1", "web");
        wirings.get(0).removeNetwork("web");
        same(before);
    }

    @Test
    void routedEndpointsReachEachOtherToo() {
        List<String> before = KernelState.of(network, "n1");
        for (int node = 1; node <= 2; node++) {
            wirings.get(node - 1)
                    .createNetwork(spec(node).withDriver(new RoutedDriver()).with(new Peers(List.of(peer(3 - node)))));
            wirings.get(node - 1).connect(ConnectSpec.of(Place.named("c" + node), "web"));
        }
        assertThat(network.in("n1", "ip", "route")).contains("10.6.2.0/24 via 192.0.2.2 dev eth0 proto 76");
        assertThat(network.in("n1", "ip", "-d", "link")).doesNotContain("bridge");
        var traffic = new Traffic(network);
        traffic.flows("c1", "c2", "10.6.2.1", "10.6.1.1");
        traffic.flows("c2", "c1", "10.6.1.1", "10.6.2.1");
        traffic.flows("c1", "c2", "fd06:2::1", "fd06:1::1");
        traffic.flows("c2", "c1", "fd06:1::1", "fd06:2::1");
        assertThat(Transfer.tcp("c1", "n2", "192.0.2.2"))
                .as("anything else is masqueraded")
                .isEqualTo("192.0.2.1");
        assertThat(wirings.get(0).planRepair().found()).isEmpty();
        wirings.get(0).removePeer("web", "n2");
        assertThat(network.in("n1", "ip", "route")).doesNotContain("10.6.2.0/24");
        wirings.get(0).disconnect("c1", "web");
        wirings.get(0).removeNetwork("web");
        same(before);
    }

    @Test
    void peersComeAndGoOnALivingNetwork() {
        wirings.get(0).createNetwork(spec(1));
        wirings.get(1).createNetwork(spec(2).with(new Peers(List.of(peer(1)))));
        wirings.get(0).connect(ConnectSpec.of(Place.named("c1"), "web"));
        wirings.get(1).connect(ConnectSpec.of(Place.named("c2"), "web"));
        List<String> alone = KernelState.of(network, "n1");
        wirings.get(0).addPeer("web", peer(2));
        Wait.until("c1 reaches c2", () -> network.ping("c1", "10.6.2.2"));
        assertThat(Transfer.tcp("c1", "c2", "10.6.2.2")).isEqualTo("10.6.1.2");
        wirings.get(0).addPeer("web", Peer.parse("n2=192.0.2.2,10.66.2.0/24"));
        assertThat(network.in("n1", "ip", "route")).contains("10.66.2.0/24 via").doesNotContain("10.6.2.0/24");
        wirings.get(0).removePeer("web", "n2");
        same(alone);
        for (String text :
                List.of("n9=203.0.113.9,10.6.9.0/24", "n9=192.0.2.1,10.6.9.0/24", "n9=192.0.2.9,fd09::/64")) {
            assertThatThrownBy(() -> wirings.get(0).addPeer("web", Peer.parse(text)))
                    .isInstanceOf(WiringException.class)
                    .hasMessageContaining("peer n9");
        }
        same(alone);
    }

    private static Peer peer(int node) {
        return Peer.parse("n" + node + "=192.0.2." + node + ",2001:db8::" + node + ",10.6." + node + ".0/24,fd06:"
                + node + "::/64");
    }

    private static NetworkSpec spec(int node) {
        return NetworkSpec.of("web", Prefix.parse("10.6." + node + ".0/24"), Prefix.parse("fd06:" + node + "::/64"));
    }

    private void same(List<String> before) {
        KernelState.settled(network, "n1", before, "is as before");
    }
}
