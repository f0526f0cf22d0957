package dev.lasthop.wiring.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.wiring.step.StaleConnectionsStep.Redirect;
import dev.lasthop.wiring.step.StaleConnectionsStep.Which;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of the connections that {@code conntrack} made are forgotten, as {@code conntrack} sees it. */
@KernelTest
class StaleConnectionsKernelTest {
    private static final IpAddress ONE = IpAddress.parse("10.88.0.2");

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private NetworkNamespace host;
    private NetfilterSockets netfilter;
    private Places places;

    @BeforeEach
    void open() {
        network.namespace("host").ip("host", "addr add 192.0.2.1/24 dev lo").ip("host", "addr add fd00::1/64 dev lo");
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        netfilter = new NetfilterSockets(host);
        places = Places.withHost(host, netfilter);
    }

    @AfterEach
    void close() {
        places.close();
        netfilter.close();
        host.close();
        network.close();
    }

    private static Redirect port(Protocol protocol, int from, int last, int there) {
        return new Redirect(protocol, Optional.empty(), from, last, ONE, there);
    }

    private void forget(Which which, Redirect... redirects) {
        new StaleConnectionsStep(Place.HOST, which, List.of(redirects)).apply(places);
    }

    /** A connection by name: its client's port. {@code to} is where its replies come from. */
    private static String redirected(int name, String protocol, String to, int port, int portThere) {
        return "-I -t 600 -p " + protocol + " -s 192.0.2.2 -d 192.0.2.1 --sport " + name + " --dport " + port + " -r "
                + to
                + " -q 192.0.2.2 --reply-port-src " + portThere + " --reply-port-dst " + name
                + (protocol.equals("tcp") ? " --state ESTABLISHED" : "");
    }

    private static String plain(int name, String protocol, String destination, int port) {
        return "-I -t 600 -p " + protocol + " -s 192.0.2.2 -d " + destination + " --sport " + name + " --dport " + port
                + (protocol.equals("tcp") ? " --state ESTABLISHED" : "");
    }

    private void track(List<String> lines) throws IOException {
        Path file = folder.resolve("connections");
        Files.write(file, lines);
        network.in("host", "conntrack", "-R", file.toString());
    }

    /** The names of those that are there. */
    private List<Integer> tracked() {
        return network.in("host", "sh", "-c", "conntrack -L -o extended 2>/dev/null") // else its total is in between
                .lines()
                .filter(line -> line.contains(" sport="))
                .map(line -> Integer.valueOf(line.replaceFirst(".*? sport=(\\d+) .*", "$1")))
                .filter(name -> name < 100)
                .sorted()
                .toList();
    }

    private static List<String> connections() {
        return List.of(
                redirected(1, "tcp", "10.88.0.2", 8080, 80),
                redirected(2, "tcp", "10.88.0.3", 8080, 80), // to another
                redirected(3, "tcp", "10.88.0.2", 8081, 80), // by another port
                redirected(4, "tcp", "10.88.0.2", 8080, 81), // to another port
                redirected(5, "udp", "10.88.0.2", 8080, 80), // of another protocol
                plain(6, "tcp", "192.0.2.1", 8080), // the host's own
                plain(7, "udp", "192.0.2.1", 53), // the host's own datagrams
                plain(8, "udp", "198.51.100.1", 53), // forwarded
                redirected(9, "udp", "10.88.0.3", 53, 53));
    }

    @Test
    void justThoseThatLedThereAreForgotten() throws IOException {
        track(connections());
        assertThat(tracked()).hasSize(9);
        forget(Which.LEADING_THERE, port(Protocol.TCP, 8080, 8080, 80));
        assertThat(tracked()).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
        forget(Which.LEADING_THERE, port(Protocol.TCP, 8079, 8082, 70), port(Protocol.UDP, 8080, 8080, 80));
        assertThat(tracked()).containsExactly(2, 3, 4, 6, 7, 8, 9); // 8081 leads to 80
        forget(
                Which.LEADING_THERE,
                new Redirect(Protocol.TCP, Optional.of(IpAddress.parse("192.0.2.9")), 8081, 8081, ONE, 80));
        assertThat(tracked()).as("another address of the host").contains(3);
    }

    @Test
    void justThoseThatLedElsewhereAreForgotten() throws IOException {
        track(connections());
        forget(Which.LEADING_ELSEWHERE, port(Protocol.TCP, 8080, 8080, 80), port(Protocol.UDP, 53, 53, 53));
        assertThat(tracked()).containsExactly(1, 3, 5, 6, 8);
        forget(Which.LEADING_ELSEWHERE, port(Protocol.TCP, 8000, 9000, 7000));
        assertThat(tracked()).containsExactly(5, 6, 8);
    }

    @Test
    void soTheyAreWhereThereAreManyAndWhereThereAreZones() throws IOException {
        List<String> zoned =
                connections().stream().map(line -> line + " --zone 7").toList();
        track(zoned);
        forget(Which.LEADING_ELSEWHERE, port(Protocol.TCP, 8080, 8080, 80), port(Protocol.UDP, 53, 53, 53));
        assertThat(tracked()).containsExactly(1, 3, 5, 6, 8);
        forget(Which.LEADING_THERE, port(Protocol.TCP, 8080, 8080, 80));
        assertThat(tracked()).containsExactly(3, 5, 6, 8);

        track(IntStream.range(0, 1100)
                .mapToObj(i -> plain(1000 + i, "udp", "192.0.2.1", 9))
                .collect(Collectors.toList()));
        track(connections());
        assertThat(ConntrackText.read(host)).isEmpty();
        forget(Which.LEADING_THERE, port(Protocol.TCP, 8080, 8080, 80));
        assertThat(tracked()).containsExactly(2, 3, 3, 4, 5, 5, 6, 6, 7, 8, 8, 9);
        forget(Which.LEADING_ELSEWHERE, port(Protocol.TCP, 8000, 9000, 7000), port(Protocol.UDP, 53, 53, 53));
        assertThat(tracked()).containsExactly(5, 5, 6, 6, 8, 8);
    }

    /** More than a page of them, all of which both ways of reading have. */
    @Test
    void theFileHasWhatNetlinkHas() throws IOException {
        track(IntStream.range(0, 300)
                .mapToObj(i -> i % 2 == 0
                        ? plain(1000 + i, "udp", "192.0.2.1", 9)
                        : redirected(1000 + i, "tcp", "10.88.0.2", 9, 7))
                .toList());
        assertThat(ConntrackText.read(host).orElseThrow())
                .hasSize(300)
                .doesNotHaveDuplicates()
                .filteredOn(ConntrackText.Tracked::isRedirected)
                .hasSize(150);
    }

    @Test
    void aSocketIsLentAgainWhereNothingIsLeftInIt() {
        NetlinkSocket first = netfilter.take();
        NetlinkSocket second = netfilter.take();
        NetlinkSocket third = netfilter.take();
        assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
        netfilter.giveBack(first);
        netfilter.giveBack(second);
        netfilter.giveBack(third); // more than are kept
        assertThat(List.of(netfilter.take(), netfilter.take())).containsExactlyInAnyOrder(first, second);
        assertThat(netfilter.take()).isNotSameAs(third);
        first.fd().send(new byte[] {16, 0, 0, 0, 1, 11, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0}); // its answer is nobody's
        netfilter.giveBack(first);
        assertThat(netfilter.take()).isNotSameAs(first);
        netfilter.giveBack(second);
        netfilter.close();
        assertThat(netfilter.take()).isNotSameAs(second);
    }
}
