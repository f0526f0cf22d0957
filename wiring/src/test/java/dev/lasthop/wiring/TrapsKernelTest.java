package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Prefix;
import dev.lasthop.json.Json;
import dev.lasthop.json.JsonArray;
import dev.lasthop.json.JsonObject;
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

/** What people fall into who wire a container by hand: each is avoided, or said. */
@KernelTest
class TrapsKernelTest {
    private static final NetworkSpec WEB =
            NetworkSpec.of("web", Prefix.parse("172.17.0.0/16"), Prefix.parse("fd17::/64"));

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

    /** A container's namespace has no name, and where nobody ever used {@code ip netns} there is no folder for names either. */
    @Test
    void aNamespaceNeedsNoNameAndNoFolderOfNames() throws Exception {
        wiring.createNetwork(WEB);
        Process container = new ProcessBuilder("unshare", "-n", "sleep", "600").start();
        try {
            Place place = Place.process(container.pid());
            Wait.until(
                    "it is in a namespace of its own",
                    () -> !Tool.attempt("readlink", "/proc/" + container.pid() + "/ns/net")
                            .output()
                            .equals(Tool.run("readlink", "/proc/self/ns/net")));
            Tool.run("mount", "-t", "tmpfs", "none", "/run/netns"); // nobody's name is there any more
            try {
                wiring.connect(ConnectSpec.of(place, "web"));
                assertThatThrownBy(() -> wiring.connect(ConnectSpec.of(Place.named("c1"), "web")))
                        .isInstanceOf(WiringException.class)
                        .hasMessageContaining("there is no namespace of that name");
            } finally {
                Tool.run("umount", "/run/netns");
            }
            Wait.until(
                    "it reaches the outside",
                    () -> Tool.attempt(
                                            "nsenter",
                                            "-n",
                                            "-t",
                                            Long.toString(container.pid()),
                                            "ping",
                                            "-c",
                                            "1",
                                            "-W",
                                            "1",
                                            "192.0.2.2")
                                    .exit()
                            == 0);
            wiring.disconnect(ConnectSpec.nameOf(place), "web");
        } finally {
            container.destroyForcibly().waitFor();
        }
    }

    /** The address of the first proof, 172.17.1.1/16 on the host's end, would draw the whole subnet to one endpoint. */
    @Test
    void theHostsEndHasNoAddress() {
        wiring.createNetwork(WEB);
        String end = wiring.connect(ConnectSpec.of(Place.named("c1"), "web"))
                .endpoint()
                .hostLink()
                .orElseThrow();
        assertThat(network.in("host", "ip", "-4", "addr", "show", end)).isEmpty();
        assertThat(network.in("host", "ip", "route", "show", "dev", end)).isEmpty();
        assertThat(network.in("host", "ip", "route", "get", "172.17.0.2")).contains("dev lh-web");
    }

    @Test
    void aBridgeThatIsMissingIsNamed() {
        wiring.createNetwork(WEB);
        network.ip("host", "link del lh-web");
        List<String> before = KernelState.of(network, "host");
        assertThatThrownBy(() -> wiring.connect(ConnectSpec.of(Place.named("c1"), "web")))
                .isInstanceOf(WiringException.class)
                .hasMessageContainingAll("could not find bridge lh-web", "web");
        KernelState.settled(network, "host", before, "after a refusal");
        assertThat(wiring.repair().found()).anyMatch(line -> line.contains("lh-web"));
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web"));
        traffic.flows("c1", "outside", "192.0.2.2", "192.0.2.1");
    }

    /** Nothing that Lasthop accepts helps where another chain drops: it says which one that is. */
    @Test
    void aForwardPolicyOfDropIsSaidAndStays() {
        network.in("host", "iptables-nft", "-P", "FORWARD", "DROP");
        wiring.createNetwork(WEB);
        assertThat(wiring.connect(ConnectSpec.of(Place.named("c1"), "web")).warnings())
                .singleElement()
                .asString()
                .contains("ip filter FORWARD", "drops forwarded packets");
        traffic.isBlocked("c1", "outside", "192.0.2.2");
        network.in("host", "iptables-nft", "-A", "FORWARD", "-i", "lh-web", "-j", "ACCEPT");
        network.in("host", "iptables-nft", "-A", "FORWARD", "-o", "lh-web", "-j", "ACCEPT");
        traffic.flows("c1", "outside", "192.0.2.2", "192.0.2.1");
        assertThat(network.in("host", "iptables-nft", "-S", "FORWARD")).contains("-P FORWARD DROP");
    }

    /** Each end knows the other's number; and the record says which ends belong together. */
    @Test
    void endsArePairedAsTheRecordSays() {
        wiring.createNetwork(WEB);
        for (String name : List.of("c1", "c2")) {
            Endpoint endpoint =
                    wiring.connect(ConnectSpec.of(Place.named(name), "web")).endpoint();
            JsonObject inside = link(name, endpoint.interfaceName());
            JsonObject outside = link("host", endpoint.hostLink().orElseThrow());
            assertThat(inside.integer("link_index")).isEqualTo(outside.integer("ifindex"));
            assertThat(outside.integer("link_index")).isEqualTo(inside.integer("ifindex"));
        }
    }

    private JsonObject link(String namespace, String name) {
        String text = network.in(namespace, "ip", "-j", "link", "show", name);
        return (JsonObject) ((JsonArray) Json.read(text)).items().getFirst();
    }
}
