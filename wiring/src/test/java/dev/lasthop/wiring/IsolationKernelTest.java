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
import dev.lasthop.testing.Wait;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which networks reach which, what leaves under which address, and what a user's own chain says before that; on the real kernel. */
@KernelTest
@SuppressWarnings("try") // servers are there to be open
class IsolationKernelTest {
    private static final Prefix OTHER_V4 = Prefix.parse("10.89.0.0/24");
    private static final Prefix OTHER_V6 = Prefix.parse("fd89::/64");

    @TempDir
    Path folder;

    private HostAndOutside place;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        place = new HostAndOutside(folder);
        wiring = place.wiring;
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void networksAreKeptApartUnlessOneAllowsTheOther() {
        wiring.createNetwork(NetworkSpec.of("one", V4, V6));
        wiring.createNetwork(NetworkSpec.of("two", OTHER_V4, OTHER_V6));
        wiring.connect(ConnectSpec.of(C1, "one"));
        wiring.connect(ConnectSpec.of(C2, "two").withPorts(PublishedPort.parse("8080:80")));
        Wait.until("outside", () -> place.network.ping("c1", "192.0.2.2") && place.network.ping("c2", "2001:db8::2"));
        try (var server = new Tcp.Listener("c2", 80)) {
            assertThat(place.network.ping("c1", "10.89.0.2")).isFalse();
            assertThat(place.network.ping("c1", "fd89::2")).isFalse();
            assertThat(Tcp.call("c1", "10.89.0.2", 80)).isEmpty();
            assertThat(Tcp.call("c1", "192.0.2.1", 8080))
                    .as("a published port is for all")
                    .isNotEmpty();
            assertThat(Tcp.call("c1", "2001:db8::1", 8080)).isNotEmpty();
            wiring.disconnect("c1", "one");
            wiring.removeNetwork("one");
            List<String> before = place.state();
            wiring.createNetwork(NetworkSpec.of("one", V4, V6).with(new AllowedNetworks(List.of("two"))));
            assertThat(place.network.in("host", "nft", "list", "set", "inet", "lasthop", "within"))
                    .contains("\"lh-one\" . \"lh-two\"", "\"lh-two\" . \"lh-one\"");
            wiring.connect(ConnectSpec.of(C1, "one"));
            Wait.until("the other network", () -> place.network.ping("c1", "10.89.0.2"));
            Wait.until("the other network", () -> place.network.ping("c2", "fd88::2"));
            assertThat(Tcp.call("c1", "10.89.0.2", 80)).isEqualTo("10.88.0.2");
            assertThat(wiring.repair().found()).isEmpty();
            wiring.disconnect("c1", "one");
            wiring.removeNetwork("one");
            place.isAsBefore(before);
        }
        assertThatThrownBy(() ->
                        wiring.createNetwork(NetworkSpec.of("x", V4).with(new AllowedNetworks(List.of("nowhere")))))
                .hasMessageContaining("no network \"nowhere\"");
    }

    @Test
    void anInternalNetworksPortsAreForItsHostAlone() {
        wiring.createNetwork(NetworkSpec.of("closed", V4).asInternal());
        wiring.createNetwork(NetworkSpec.of("open", OTHER_V4));
        wiring.connect(ConnectSpec.of(C1, "closed").withPorts(PublishedPort.parse("8080:80")));
        wiring.connect(ConnectSpec.of(C2, "open"));
        try (var server = new Tcp.Listener("c1", 80)) {
            assertThat(Tcp.call("host", "192.0.2.1", 8080)).isNotEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEmpty();
            assertThat(Tcp.call("c2", "192.0.2.1", 8080)).isEmpty();
        }
    }

    @Test
    void packetsLeaveUnderTheAddressThatWasChosen() {
        place.network.ip("host", "addr add 192.0.2.7/24 dev eth0").ip("host", "addr add 2001:db8::7/64 dev eth0 nodad");
        List<String> before = place.state();
        wiring.createNetwork(NetworkSpec.of("web", V4, V6)
                .with(new SourceAddress(List.of(IpAddress.parse("192.0.2.7"), IpAddress.parse("2001:db8::7")))));
        wiring.createNetwork(NetworkSpec.of("plain", OTHER_V4).withoutMasquerade());
        wiring.connect(ConnectSpec.of(C1, "web"));
        wiring.connect(ConnectSpec.of(C2, "plain"));
        place.network.ip("outside", "route add 10.89.0.0/24 via 192.0.2.1");
        Wait.until("outside", () -> place.network.ping("c1", "192.0.2.2") && place.network.ping("c1", "2001:db8::2"));
        try (var server = new Tcp.Listener("outside", 80)) {
            assertThat(Tcp.call("c1", "192.0.2.2", 80)).isEqualTo("192.0.2.7");
            assertThat(Tcp.call("c1", "2001:db8::2", 80)).isEqualTo("2001:db8::7");
            assertThat(Tcp.call("c2", "192.0.2.2", 80)).isEqualTo("10.89.0.2");
        }
        wiring.disconnect("c1", "web");
        wiring.disconnect("c2", "plain");
        wiring.removeNetwork("web");
        wiring.removeNetwork("plain");
        place.isAsBefore(before);
        assertThatThrownBy(() -> wiring.createNetwork(
                        NetworkSpec.of("x", V4).with(new SourceAddress(List.of(IpAddress.parse("127.0.0.1"))))))
                .hasMessageContaining("no answer would come back");
        assertThatThrownBy(() -> wiring.createNetwork(
                        NetworkSpec.of("x", V4).with(new SourceAddress(List.of(IpAddress.parse("192.0.2.8"))))))
                .hasMessageContaining("192.0.2.8 is not the host's");
    }

    @Test
    void usersFilterByTheOriginalDestinationInAChainOfTheirOwn() {
        List<String> before = place.state();
        wiring.createNetwork(NetworkSpec.of("web", V4));
        wiring.connect(
                ConnectSpec.of(C1, "web").withPorts(PublishedPort.parse("8080:80"), PublishedPort.parse("8081:80")));
        place.nft(
                "add",
                "rule",
                "inet",
                "lasthop",
                "user-forward",
                "meta l4proto tcp ct original proto-dst 8080 ct original ip daddr 192.0.2.1 drop");
        try (var server = new Tcp.Listener("c1", 80)) {
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 8081)).isNotEmpty();
            assertThat(wiring.repair().found()).isEmpty();
            place.nft("flush", "chain", "inet", "lasthop", "forward");
            place.nft("flush", "chain", "inet", "lasthop", "towards");
            place.nft("delete", "element", "inet", "lasthop", "any4", "{ tcp . 8081 }");
            assertThat(wiring.repair().found())
                    .anyMatch(found -> found.startsWith("chain forward is empty, and had 6 rules"))
                    .anyMatch(found -> found.contains("ports of c1@web"));
            assertThat(wiring.repair().found()).isEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 8081)).isNotEmpty();
        }
        wiring.disconnect("c1", "web");
        wiring.removeNetwork("web");
        String left = place.nft("list", "ruleset");
        assertThat(left).contains("chain user-forward", "proto-dst 8080").doesNotContain("hook", "set ", "map ");
        wiring.createNetwork(NetworkSpec.of("web", V4));
        assertThat(place.nft("list", "ruleset")).contains("proto-dst 8080", "jump user-forward");
        wiring.removeNetwork("web");
        place.nft("flush", "chain", "inet", "lasthop", "user-forward");
        wiring.createNetwork(NetworkSpec.of("web", V4));
        wiring.removeNetwork("web");
        place.isAsBefore(before);
    }
}
