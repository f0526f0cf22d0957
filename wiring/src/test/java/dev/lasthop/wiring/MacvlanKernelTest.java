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
import dev.lasthop.wiring.step.LinkStep.IpvlanMode;
import dev.lasthop.wiring.step.LinkStep.MacvlanMode;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Driver macvlan on the real kernel: who hears whom in which mode, the shim, and what is refused. And ipvlan as far as it goes here. */
@KernelTest
class MacvlanKernelTest {
    private static final Place C1 = Place.named("c1");
    private static final Place C2 = Place.named("c2");
    private static final Prefix V4 = Prefix.parse("192.0.2.0/24");
    private static final Prefix V6 = Prefix.parse("2001:db8::/64");

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private final Traffic traffic = new Traffic(network);
    private NetworkNamespace host;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        network.namespace("host")
                .namespace("router")
                .namespace("far")
                .namespace("c1")
                .namespace("c2");
        network.veth("host", "eth0", "router", "lan").veth("router", "wan", "far", "eth0");
        network.ip("host", "addr add 192.0.2.1/24 dev eth0").ip("host", "addr add 2001:db8::1/64 dev eth0 nodad");
        network.ip("router", "addr add 192.0.2.254/24 dev lan").ip("router", "addr add 2001:db8::fe/64 dev lan nodad");
        network.ip("router", "addr add 198.51.100.1/24 dev wan")
                .ip("router", "addr add 2001:db8:f::1/64 dev wan nodad");
        network.ip("far", "addr add 198.51.100.2/24 dev eth0").ip("far", "addr add 2001:db8:f::2/64 dev eth0 nodad");
        network.ip("far", "route add default via 198.51.100.1").ip("far", "-6 route add default via 2001:db8:f::1");
        network.sysctl("router", "net.ipv4.ip_forward", "1").sysctl("router", "net.ipv6.conf.all.forwarding", "1");
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        wiring = new Wiring(new StateFolders(folder.resolve("state"), folder.resolve("run")), host);
    }

    @AfterEach
    void close() {
        wiring.close();
        host.close();
        network.close();
    }

    private static NetworkSpec lan(MacvlanDriver driver) {
        return NetworkSpec.of("lan", V4, V6)
                .withDriver(driver)
                .withGateways(IpAddress.parse("192.0.2.254"), IpAddress.parse("2001:db8::fe"));
    }

    private static ConnectSpec at(Place place, int number) {
        return ConnectSpec.of(place, "lan")
                .withAddresses(IpAddress.parse("192.0.2." + number), IpAddress.parse("2001:db8::" + number));
    }

    @Test
    void endpointsAreOnTheParentsNetwork() {
        List<String> before = KernelState.of(network, "host");
        List<String> inside = KernelState.of(network, "c1");
        wiring.createNetwork(lan(MacvlanDriver.on("eth0")));
        settled("host", before);
        Endpoint first = wiring.connect(at(C1, 11)).endpoint();
        wiring.connect(at(C2, 12));
        assertThat(Tool.run("ip", "-n", "c1", "-d", "-j", "link", "show", "eth0"))
                .contains(
                        "\"info_kind\":\"macvlan\"",
                        "\"mode\":\"bridge\"",
                        first.mac().toString());
        traffic.flows("c1", "far", "198.51.100.2", "192.0.2.11");
        traffic.flows("c1", "far", "2001:db8:f::2", "2001:db8::11");
        traffic.flows("far", "c1", "192.0.2.11", "198.51.100.2");
        traffic.flows("far", "c1", "2001:db8::11", "2001:db8:f::2");
        traffic.flows("c1", "c2", "192.0.2.12", "192.0.2.11");
        traffic.flows("c2", "c1", "2001:db8::11", "2001:db8::12");
        traffic.isBlocked("host", "c1", "192.0.2.11"); // macvlan's own nature; a shim is for that
        assertThat(network.in("host", "nft", "list", "ruleset")).isEmpty();
        assertThat(wiring.planRepair().found()).isEmpty();
        network.ip("c1", "link del eth0");
        assertThat(wiring.repair().found()).singleElement().asString().contains("eth0 of c1@lan was deleted");
        traffic.flows("c1", "far", "198.51.100.2", "192.0.2.11");
        wiring.disconnect("c1", "lan");
        wiring.disconnect("c2", "lan");
        wiring.removeNetwork("lan");
        settled("host", before);
        settled("c1", inside);
    }

    @Test
    void privateEndpointsDoNotHearEachOther() {
        wiring.createNetwork(lan(MacvlanDriver.on("eth0").in(MacvlanMode.PRIVATE)));
        wiring.connect(at(C1, 11));
        wiring.connect(at(C2, 12));
        traffic.flows("c1", "far", "198.51.100.2", "192.0.2.11");
        traffic.flows("far", "c2", "2001:db8::12", "2001:db8:f::2");
        traffic.isBlocked("c1", "c2", "192.0.2.12");
        traffic.isBlocked("c2", "c1", "2001:db8::11");
    }

    /** By the switch outside, if it sends frames back where they came from. */
    @Test
    void vepaEndpointsHearEachOtherByTheSwitch() {
        network.ip("router", "addr flush dev lan");
        network.ip("router", "link add br0 type bridge").ip("router", "link set lan master br0");
        network.ip("router", "link set br0 up").ip("router", "addr add 192.0.2.254/24 dev br0");
        network.ip("router", "addr add 2001:db8::fe/64 dev br0 nodad");
        wiring.createNetwork(lan(MacvlanDriver.on("eth0").in(MacvlanMode.VEPA)));
        wiring.connect(at(C1, 11));
        wiring.connect(at(C2, 12));
        traffic.flows("c1", "far", "198.51.100.2", "192.0.2.11");
        traffic.isBlocked("c1", "c2", "192.0.2.12");
        network.in("router", "bridge", "link", "set", "dev", "lan", "hairpin", "on");
        network.attempt("c1", "ip", "neigh", "flush", "all");
        traffic.flows("c1", "c2", "192.0.2.12", "192.0.2.11");
        traffic.flows("c2", "c1", "2001:db8::11", "2001:db8::12");
    }

    @Test
    void passthruTakesOne() {
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(lan(MacvlanDriver.on("eth0").in(MacvlanMode.PASSTHRU)));
        wiring.connect(at(C1, 11));
        traffic.flows("c1", "far", "198.51.100.2", "192.0.2.11");
        traffic.flows("far", "c1", "2001:db8::11", "2001:db8:f::2");
        refused(
                () -> wiring.connect(at(C2, 12).withMac(MacAddress.parse("02:00:00:00:00:77"))),
                "no MAC address of its own");
        assertThatThrownBy(() -> wiring.connect(at(C2, 12)))
                .isInstanceOf(WiringException.class)
                .hasMessageContainingAll("eth0", "passthru", "c1", "lasthop disconnect c1 --network lan");
        Tool.line("ip netns del c1"); // its holder's death makes room
        wiring.connect(at(C2, 12));
        traffic.flows("c2", "far", "198.51.100.2", "192.0.2.12");
        wiring.disconnect("c2", "lan");
        wiring.gc();
        wiring.removeNetwork("lan");
        settled("host", before);
    }

    @Test
    void aShimLetsTheHostAndItsEndpointsTalk() {
        List<String> before = KernelState.of(network, "host");
        wiring.createNetwork(
                lan(MacvlanDriver.on("eth0").withShim(IpAddress.parse("192.0.2.2"), IpAddress.parse("2001:db8::2"))));
        List<String> created = KernelState.of(network, "host");
        Endpoint first = wiring.connect(ConnectSpec.of(C1, "lan")).endpoint();
        assertThat(first.addresses()).doesNotContain(Prefix.parse("192.0.2.2/24"), Prefix.parse("2001:db8::2/64"));
        String four = first.addresses().getFirst().address().toString();
        String six = first.addresses().getLast().address().toString();
        assertThat(network.in("host", "ip", "route", "get", four)).contains("dev lh-lan", "src 192.0.2.2");
        traffic.flows("host", "c1", four, "192.0.2.2");
        traffic.flows("host", "c1", six, "2001:db8::2");
        traffic.flows("c1", "host", "192.0.2.2", four);
        traffic.flows("c1", "host", "2001:db8::2", six);
        traffic.flows("c1", "far", "198.51.100.2", four);
        String shim = network.in("host", "ip", "-br", "link", "show", "lh-lan").split(" +")[2];
        assertThat(network.ping("router", "192.0.2.1")).isTrue();
        assertThat(network.in("router", "ip", "neigh", "show", "192.0.2.1"))
                .as("the parent alone answers for its address")
                .doesNotContain(shim);
        assertThat(wiring.planRepair().found()).isEmpty();
        network.ip("host", "route del " + four);
        network.ip("host", "addr flush dev lh-lan");
        assertThat(wiring.repair().found()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(wiring.planRepair().found()).isEmpty();
        traffic.flows("host", "c1", four, "192.0.2.2");
        network.ip("host", "link del lh-lan");
        assertThat(wiring.repair().found()).anyMatch(line -> line.contains("shim lh-lan"));
        traffic.flows("host", "c1", six, "2001:db8::2");
        network.ip("c1", "link del eth0"); // the host's routes to it stay
        assertThat(wiring.repair().found()).singleElement().asString().contains("eth0 of c1@lan was deleted");
        traffic.flows("host", "c1", four, "192.0.2.2");
        wiring.disconnect("c1", "lan");
        settled("host", created);
        wiring.removeNetwork("lan");
        settled("host", before);
    }

    @Test
    void whatCannotBeHadIsSaid() {
        List<String> before = KernelState.of(network, "host");
        refused(() -> wiring.createNetwork(lan(MacvlanDriver.on("eth9"))), "no interface eth9");
        refused(() -> wiring.createNetwork(lan(MacvlanDriver.on("lo"))), "leads nowhere");
        refused(() -> wiring.createNetwork(lan(MacvlanDriver.on("eth0")).asInternal()), "internal", "--gateway");
        refused(() -> wiring.createNetwork(lan(MacvlanDriver.on("eth0")).withMtu(9000)), "9000", "eth0 has 1500");
        refused(
                () -> wiring.createNetwork(
                        lan(MacvlanDriver.on("eth0").in(MacvlanMode.PRIVATE).withShim(IpAddress.parse("192.0.2.2")))),
                "shim needs mode bridge");
        refused(
                () -> wiring.createNetwork(lan(MacvlanDriver.on("eth0").withShim(IpAddress.parse("192.0.3.2")))),
                "192.0.3.2 is in none");
        network.ip("host", "link add br0 type bridge").ip("host", "link add i0 type ifb");
        network.ip("host", "link set i0 master br0");
        refused(() -> wiring.createNetwork(lan(MacvlanDriver.on("i0"))), "port of br0");
        network.ip("host", "link del i0").ip("host", "link del br0");
        settled("host", before);
        wiring.createNetwork(lan(MacvlanDriver.on("eth0")));
        refused(
                () -> wiring.connect(at(C1, 11).withPorts(PublishedPort.parse("8080:80"))),
                "cannot be published",
                "its own address");
        refused(() -> wiring.connect(at(C1, 11).withHostLink("eth0")), "--link");
        refused(
                () -> wiring.connect(ConnectSpec.of(C1, "lan").withAddresses(IpAddress.parse("192.0.2.1"))),
                "192.0.2.1",
                "the host itself has it");
        network.ip("host", "link set eth0 down");
        refused(() -> wiring.connect(at(C1, 11)), "eth0", "is down");
    }

    /** The kernel's word, not its version: an interface of the kind is asked for. */
    @Test
    void ipvlanIsRefusedWhereTheKernelHasNone() {
        boolean has = network.attempt("c2", "ip", "link", "add", "link", "lo", "name", "x", "type", "ipvlan")
                        .exit()
                == 0;
        List<String> before = KernelState.of(network, "host");
        NetworkSpec spec = NetworkSpec.of("lan", V4, V6).withDriver(new IpvlanDriver("eth0", IpvlanMode.L2));
        if (has) {
            wiring.createNetwork(spec);
            wiring.removeNetwork("lan");
        } else {
            assertThatThrownBy(() -> wiring.createNetwork(spec))
                    .isInstanceOfSatisfying(
                            WiringException.class,
                            e -> assertThat(e.isUnsupported()).isTrue())
                    .hasMessageContaining("this kernel has no ipvlan (CONFIG_IPVLAN)");
        }
        settled("host", before);
    }

    @Test
    void theEndpointsMacIsTheOneAskedFor() {
        wiring.createNetwork(lan(MacvlanDriver.on("eth0")));
        wiring.connect(at(C1, 11).withMac(MacAddress.parse("02:00:00:00:00:77")));
        assertThat(network.in("c1", "ip", "link", "show", "eth0")).contains("02:00:00:00:00:77");
    }

    private static void refused(Runnable work, String... says) {
        assertThatThrownBy(work::run).isInstanceOf(WiringException.class).hasMessageContainingAll(says);
    }

    private void settled(String namespace, List<String> before) {
        KernelState.settled(network, namespace, before, "is as before");
    }
}
