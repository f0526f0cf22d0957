package dev.lasthop.packet.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three namespaces at one bridge; two of them have the same addresses. */
@KernelTest
class NeighborProberTest {
    private final TestNetwork network = new TestNetwork();
    private NetworkNamespace a;
    private IfIndex device;

    @BeforeEach
    void threeAtOneBridge() {
        network.namespace("sw").ip("sw", "link add name br type bridge").ip("sw", "link set dev br up");
        for (String name : List.of("a", "b", "c")) {
            network.namespace(name).veth(name, "eth0", "sw", "port" + name);
            network.ip("sw", "link set port" + name + " master br");
        }
        network.ip("a", "addr add 10.0.0.1/24 dev eth0").ip("a", "addr add fd00::1/64 dev eth0 nodad");
        for (String name : List.of("b", "c")) {
            network.ip(name, "link set eth0 address 02:00:00:00:00:0" + name);
            network.ip(name, "addr add 10.0.0.2/24 dev eth0").ip(name, "addr add fd00::2/64 dev eth0 nodad");
        }
        a = NetworkNamespace.open(NamedNamespaces.path("a"));
        String index = network.in("a", "cat", "/proc/net/dev_mcast")
                .lines()
                .filter(line -> line.contains("eth0"))
                .findFirst()
                .orElseThrow()
                .strip()
                .split("\\s+")[0];
        device = new IfIndex(Integer.parseInt(index));
    }

    @AfterEach
    void end() {
        a.close();
        network.close();
    }

    @Test
    void everybodyWhoHasTheAddressIsHeard() {
        for (String source : List.of("", "10.0.0.1", "fd00::1")) {
            Optional<IpAddress> from = IpAddress.tryParse(source);
            for (String target : List.of("10.0.0.2", "fd00::2")) {
                if (source.isEmpty() || source.contains(":") == target.contains(":")) {
                    assertThat(answers(target, from, 2))
                            .extracting(NeighborAnswer::mac)
                            .containsExactlyInAnyOrder(
                                    MacAddress.parse("02:00:00:00:00:0b"), MacAddress.parse("02:00:00:00:00:0c"));
                }
            }
        }
    }

    private List<NeighborAnswer> answers(String target, Optional<IpAddress> source, int count) {
        List<NeighborAnswer> answers = new ArrayList<>();
        try (NeighborProber prober = NeighborProber.open(a, device)) {
            assertThat(prober.ask(IpAddress.parse(target), source)).isEmpty();
            Wait.until("answers", () -> {
                Poll.wait(prober.interests(), Duration.ofMillis(20));
                prober.poll().stream()
                        .filter(answer -> answer.address().equals(IpAddress.parse(target)))
                        .forEach(answers::add);
                return answers.size() >= count;
            });
        }
        return answers;
    }

    @Test
    void aDeviceThatIsDownOrAbsentIsSaid() {
        try (NeighborProber prober = NeighborProber.open(a, device)) {
            network.ip("a", "link set eth0 down");
            assertThat(prober.ask(IpAddress.parse("10.0.0.2"), Optional.empty()))
                    .contains(Errno.ENETDOWN);
            assertThat(prober.poll()).isEmpty();
        }
        assertThatThrownBy(() -> NeighborProber.open(a, new IfIndex(4711)))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("ENODEV");
    }
}
