package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.VxlanDriver.UdpChecksum;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One network over three nodes, which are namespaces at one switch; each has its own state and one container. */
@KernelTest
class OverlayKernelTest {
    private static final int NODES = 3;

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private final List<NetworkNamespace> hosts = new ArrayList<>();
    private final List<Wiring> wirings = new ArrayList<>();
    private List<List<String>> before = List.of();

    @BeforeEach
    void wire() {
        network.namespace("switch").ip("switch", "link add sw0 type bridge mcast_snooping 0");
        network.ip("switch", "link set sw0 up");
        for (int node = 1; node <= NODES; node++) {
            String name = "n" + node;
            network.namespace(name).namespace("c" + node).veth(name, "eth0", "switch", name);
            network.ip("switch", "link set " + name + " master sw0");
            network.ip(name, "addr add 192.0.2." + node + "/24 dev eth0");
            network.ip(name, "addr add 2001:db8::" + node + "/64 dev eth0 nodad");
            network.ip(name, "route add default via 192.0.2.9");
            hosts.add(NetworkNamespace.open(Path.of("/run/netns/" + name)));
            Path state = folder.resolve(name);
            wirings.add(new Wiring(new StateFolders(state.resolve("state"), state.resolve("run")), hosts.getLast()));
        }
        before = states();
    }

    @AfterEach
    void close() {
        wirings.forEach(Wiring::close);
        hosts.forEach(NetworkNamespace::close);
        network.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.", "2001:db8::"})
    void containersOfAllNodesReachEachOther(String underlay) {
        int mtu = underlay.contains(":") ? 1430 : 1450;
        for (int node = 1; node <= NODES; node++) {
            overlay(node, VxlanDriver.of(7), underlay);
            connect(node);
        }
        assertThat(network.in("n1", "ip", "-d", "link", "show", "lx-web"))
                .contains("mtu " + mtu, "vxlan id 7 local " + underlay + "1", "dstport 4789 nolearning")
                .contains(
                        " udpcsum noudp6zerocsumtx noudp6zerocsumrx",
                        VxlanDriver.of(7).mac("n1").toString());
        assertThat(network.in("n1", "bridge", "fdb", "show", "dev", "lx-web").lines())
                .containsExactlyInAnyOrder(
                        VxlanDriver.of(7).mac("n2") + " dst " + underlay + "2 self permanent",
                        VxlanDriver.of(7).mac("n3") + " dst " + underlay + "3 self permanent");
        assertThat(network.in("n1", "ip", "neigh", "show", "dev", "lx-web", "nud", "permanent")
                        .lines())
                .hasSize(4);
        assertThat(network.in("n1", "ip", "route", "show", "dev", "lx-web"))
                .contains("10.5.2.0/24 via 10.5.2.0 proto 76 onlink", "10.5.3.0/24 via 10.5.3.0 proto 76 onlink");
        assertThat(network.in("n1", "ip", "-6", "route", "show", "dev", "lx-web"))
                .contains("fd05:2::/64 via fd05:2:: proto 76 metric 1024 onlink");
        assertThat(network.in("c1", "ip", "link", "show", "eth0")).contains("mtu " + mtu);
        Process capture = network.start("n1", "tcpdump", "-nnlvi", "eth0", "-c", "1", "udp port 4789");
        assertThat(capture.isAlive()).isTrue();
        for (int from = 1; from <= NODES; from++) {
            for (int to = 1; to <= NODES; to++) {
                String client = "c" + from;
                for (String address : List.of("10.5." + to + ".2", "fd05:" + to + "::2")) {
                    Wait.until(client + " reaches " + address, () -> network.ping(client, address));
                }
            }
        }
        assertThat(Transfer.tcp("c1", "c2", "10.5.2.2"))
                .as("nothing is masqueraded")
                .isEqualTo("10.5.1.2");
        assertThat(Transfer.tcp("c2", "c1", "fd05:1::2")).isEqualTo("fd05:2::2");
        assertThat(Transfer.udp("c1", "c3", "10.5.3.2")).isEqualTo("10.5.1.2");
        assertThat(Transfer.udp("c3", "c1", "fd05:1::2")).isEqualTo("fd05:3::2");
        assertThat(Transfer.tcp("n1", "c2", "10.5.2.2")).as("the node itself").isEqualTo("10.5.1.0");
        assertThat(Transfer.tcp("n1", "c2", "fd05:2::2")).isEqualTo("fd05:1::");
        assertThat(output(capture)).contains("VXLAN, flags [I] (0x08), vni 7", "> " + underlay);
        for (String largest : List.of("10.5.2.2 " + (mtu - 28), "fd05:2::2 " + (mtu - 48))) {
            String[] words = largest.split(" ");
            assertThat(network.attempt("c1", "ping", "-n", "-c1", "-W2", "-Mdo", "-s" + words[1], words[0])
                            .exit())
                    .as("a packet that just fits " + largest)
                    .isZero();
        }
        undone();
    }

    @Test
    void peersComeAndGoOnALivingNetwork() {
        String first = "192.0.2.";
        wirings.get(0).createNetwork(spec(1, VxlanDriver.of(7).named("n1").from(IpAddress.parse("192.0.2.1"))));
        connect(1);
        overlay(2, VxlanDriver.of(7), first);
        connect(2);
        assertThat(network.ping("c1", "10.5.2.2")).isFalse();
        List<String> alone = KernelState.of(network, "n1");
        wirings.get(0).addPeer("web", Peer.parse("n2=192.0.2.2,10.5.2.0/24,fd05:2::/64"));
        Wait.until("c1 reaches c2", () -> network.ping("c1", "10.5.2.2") && network.ping("c1", "fd05:2::2"));
        // the node moves: another address, and containers elsewhere
        network.ip("n2", "addr add 192.0.2.22/24 dev eth0");
        wirings.get(1).disconnect("c2", "web");
        wirings.get(1).removeNetwork("web");
        VxlanDriver moved = VxlanDriver.of(7).named("n2").from(IpAddress.parse("192.0.2.22"));
        wirings.get(1)
                .createNetwork(
                        NetworkSpec.of("web", Prefix.parse("10.55.2.0/24")).withDriver(moved));
        wirings.get(1).addPeer("web", Peer.parse("n1=192.0.2.1,10.5.1.0/24"));
        wirings.get(1).connect(ConnectSpec.of(Place.named("c2"), "web"));
        wirings.get(0).addPeer("web", Peer.parse("n2=192.0.2.22,10.55.2.0/24"));
        Wait.until("c1 reaches c2 again", () -> network.ping("c1", "10.55.2.2"));
        assertThat(network.in("n1", "ip", "route")).doesNotContain("10.5.2.0");
        assertThat(network.in("n1", "bridge", "fdb", "show", "dev", "lx-web").lines())
                .singleElement()
                .asString()
                .contains("dst 192.0.2.22 self permanent");
        wirings.get(0).removePeer("web", "n2");
        assertThat(network.ping("c1", "10.55.2.2")).isFalse();
        KernelState.settled(network, "n1", alone, "without the peer");
        refused(() -> wirings.get(0).removePeer("web", "n2"), "no peer \"n2\"", "it has none");
        network.ip("n2", "addr del 192.0.2.22/24 dev eth0");
        undone();
    }

    /** Of a node's network; the peers are all others. */
    private void overlay(int node, VxlanDriver driver, String underlay) {
        NetworkSpec spec = spec(node, driver.named("n" + node).from(IpAddress.parse(underlay + node)));
        List<Peer> peers = IntStream.rangeClosed(1, NODES)
                .filter(other -> other != node)
                .mapToObj(other -> Peer.parse(
                        "n" + other + "=" + underlay + other + ",10.5." + other + ".0/24,fd05:" + other + "::/64"))
                .toList();
        wirings.get(node - 1).createNetwork(spec.with(new Peers(peers)));
    }

    private static NetworkSpec spec(int node, Driver driver) {
        return NetworkSpec.of("web", Prefix.parse("10.5." + node + ".0/24"), Prefix.parse("fd05:" + node + "::/64"))
                .withDriver(driver);
    }

    private Endpoint connect(int node) {
        return wirings.get(node - 1)
                .connect(ConnectSpec.of(Place.named("c" + node), "web"))
                .endpoint();
    }

    private static void refused(Runnable work, String... says) {
        assertThatThrownBy(work::run).isInstanceOf(WiringException.class).hasMessageContainingAll(says);
    }

    /** What a program says that ends by itself. */
    private static String output(Process process) {
        try {
            Wait.until("it ends", () -> !process.isAlive());
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.", "2001:db8::"})
    void theChecksumPolicyIsWhatItSays(String underlay) {
        overlay(1, VxlanDriver.of(7).with(UdpChecksum.TOLERANT), underlay);
        overlay(2, VxlanDriver.of(7).with(UdpChecksum.OFF), underlay);
        overlay(3, VxlanDriver.of(7), underlay);
        IntStream.rangeClosed(1, NODES).forEach(this::connect);
        assertThat(network.in("n1", "ip", "-d", "link", "show", "lx-web"))
                .contains(" udpcsum noudp6zerocsumtx udp6zerocsumrx");
        assertThat(network.in("n2", "ip", "-d", "link", "show", "lx-web"))
                .contains(" noudpcsum udp6zerocsumtx udp6zerocsumrx");
        Process capture = network.start("switch", "tcpdump", "-nnUvvi", "n2", "-c", "20", "udp port 4789");
        Wait.until("c2 reaches c1", () -> network.ping("c2", "10.5.1.2"));
        Wait.until("c1 reaches c2", () -> network.ping("c1", "fd05:2::2"));
        // who wants checksums takes none without where IPv6 says that there must be one
        boolean strict = underlay.contains(":");
        if (strict) {
            assertThat(network.ping("c2", "10.5.3.2")).isFalse();
        } else {
            Wait.until("c2 reaches c3", () -> network.ping("c2", "10.5.3.2"));
        }
        Wait.until("as many as it waits for were seen", () -> {
            network.ping("c1", "10.5.2.2"); // however late it began to look
            return !capture.isAlive();
        });
        List<String> outer = output(capture)
                .lines()
                .filter(line -> line.contains(".4789:") || line.contains(" > " + underlay))
                .toList();
        // a checksum that is there is completed by the card only: here it is either zero or not
        assertThat(outer.stream()
                        .filter(line -> line.contains(underlay + "2.") && line.contains("> " + underlay + "1")))
                .isNotEmpty()
                .allMatch(OverlayKernelTest::isWithoutChecksum);
        assertThat(outer.stream().filter(line -> line.contains("> " + underlay + "2.")))
                .isNotEmpty()
                .noneMatch(OverlayKernelTest::isWithoutChecksum);
        undone();
    }

    @Test
    void anInternalOverlayKeepsToItself() {
        for (int node = 1; node <= 2; node++) {
            int other = 3 - node;
            wirings.get(node - 1)
                    .createNetwork(
                            spec(node, VxlanDriver.of(7).named("n" + node).from(IpAddress.parse("192.0.2." + node)))
                                    .asInternal());
            connect(node);
            wirings.get(node - 1)
                    .addPeer(
                            "web",
                            Peer.parse("n" + other + "=192.0.2." + other + ",10.5." + other + ".0/24,fd05:" + other
                                    + "::/64"));
        }
        assertThat(network.in("c1", "ip", "route")).doesNotContain("default").contains("10.5.2.0/24 via 10.5.1.1");
        Wait.until("c1 reaches c2", () -> network.ping("c1", "10.5.2.2") && network.ping("c1", "fd05:2::2"));
        network.ip("c1", "route add default via 10.5.1.1");
        assertThat(network.ping("c1", "192.0.2.3")).as("the outside").isFalse();
        network.ip("c1", "route del default");
        wirings.get(0).removePeer("web", "n2");
        assertThat(network.in("c1", "ip", "route")).doesNotContain("10.5.2.0");
        undone();
    }

    @Test
    void repairFindsWhatIsGoneAndPutsJustThatBack() {
        overlay(1, VxlanDriver.of(7), "192.0.2.");
        overlay(2, VxlanDriver.of(7), "192.0.2.");
        connect(1);
        connect(2);
        Wiring wiring = wirings.get(0);
        List<String> whole = KernelState.of(network, "n1");
        assertThat(wiring.planRepair().found()).isEmpty();
        String mac = VxlanDriver.of(7).mac("n2").toString();
        network.in("n1", "bridge", "fdb", "replace", mac, "dev", "lx-web", "dst", "192.0.2.77", "self", "permanent");
        network.ip("n1", "route replace 10.5.3.0/24 via 10.5.2.0 dev lx-web onlink");
        network.ip("n1", "-6 neigh del fd05:2:: dev lx-web").ip("n1", "link set lx-web mtu 1400");
        assertThat(wiring.repair().found())
                .hasSize(4)
                .anyMatch(line -> line.contains("peer n2") && line.contains("fdb replace"))
                .anyMatch(line -> line.contains("peer n2") && line.contains("neigh replace fd05:2::"))
                .anyMatch(line -> line.contains("peer n3") && line.contains("10.5.3.0/24"))
                .anyMatch(line -> line.contains("MTU of 1400"));
        KernelState.settled(network, "n1", whole, "after repair");
        network.ip("n1", "link del lx-web");
        assertThat(wiring.repair().found()).singleElement().asString().contains("tunnel lx-web", "was deleted");
        Wait.until("c1 reaches c2", () -> network.ping("c1", "10.5.2.2") && network.ping("c1", "fd05:2::2"));
        assertThat(wiring.planRepair().found()).isEmpty();
        undone();
    }

    @Test
    void whatCannotBeIsRefusedAndChangesNothing() {
        Wiring wiring = wirings.get(0);
        VxlanDriver driver = VxlanDriver.of(7).named("n1");
        NetworkSpec spec = spec(1, driver);
        refused(() -> wiring.createNetwork(spec.with(peers("n1=192.0.2.2,10.5.2.0/24"))), "is this node itself");
        refused(() -> wiring.createNetwork(spec.with(peers("n2=192.0.2.1,10.5.2.0/24"))), "n2");
        refused(() -> wiring.createNetwork(spec.with(peers("n2=203.0.113.1,10.5.1.128/25"))), "a subnet of its own");
        refused(() -> wiring.createNetwork(spec.with(peers("n2=203.0.113.1,192.0.2.0/25"))), "overlaps", "eth0");
        refused(
                () -> wiring.createNetwork(spec.with(peers("n2=192.0.2.2,10.5.2.0/24", "n3=192.0.2.3,10.5.2.0/25"))),
                "overlaps with 10.5.2.0/25 of peer n3");
        refused(
                () -> wiring.createNetwork(spec.with(peers("n2=2001:db8::2,10.5.2.0/24", "n3=192.0.2.3,10.5.3.0/24"))),
                "n3 has no ipv6 address");
        refused(() -> wiring.createNetwork(spec.withMtu(1451)), "1450 are left");
        refused(() -> wiring.createNetwork(spec.withDriver(driver.from(IpAddress.parse("192.0.2.9")))), "192.0.2.9");
        for (String text : List.of(
                "",
                "n2",
                "=1.2.3.4,10.0.0.0/8",
                "n2=",
                "n2=1.2.3.4",
                "n2=10.0.0.0/8",
                "n2=x,y",
                "n2=1.2.3.4,10.0.0.1/8",
                "n2=1.2.3.4,1.2.3.5,10.0.0.0/8",
                "a/b=1.2.3.4,10.0.0.0/8",
                "n2=1.2.3.4,10.0.0.0/8,")) {
            refused(() -> Peer.parse(text), " ");
        }
        refused(() -> VxlanDriver.of(0), "--vni");
        refused(() -> VxlanDriver.of(1 << 24), "--vni");
        network.ip("n1", "link add vx9 type vxlan id 7 dstport 4789 local 192.0.2.1");
        refused(() -> wiring.createNetwork(spec), "vx9", "another --vni");
        network.ip("n1", "link del vx9");
        undone();
    }

    private static boolean isWithoutChecksum(String line) {
        return line.contains("[no cksum]") || line.contains("cksum 0x0000 ");
    }

    private static Peers peers(String... texts) {
        return new Peers(List.of(texts).stream().map(Peer::parse).toList());
    }

    private void undone() {
        IntStream.rangeClosed(1, NODES).forEach(node -> {
            Wiring wiring = wirings.get(node - 1);
            wiring.endpoints().forEach(endpoint -> wiring.disconnect(endpoint.name(), endpoint.network()));
            wiring.networks().forEach(one -> wiring.removeNetwork(one.name()));
        });
        IntStream.rangeClosed(1, NODES)
                .forEach(node -> KernelState.settled(network, "n" + node, before.get(node - 1), "is as before"));
    }

    private List<List<String>> states() {
        return IntStream.rangeClosed(1, NODES)
                .mapToObj(node -> KernelState.of(network, "n" + node))
                .toList();
    }
}
