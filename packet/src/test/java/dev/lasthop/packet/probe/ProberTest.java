package dev.lasthop.packet.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.packet.Match;
import dev.lasthop.packet.Tap;
import dev.lasthop.packet.TappedPacket;
import dev.lasthop.packet.Taps;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes from a, through a router r, to b. */
@KernelTest
class ProberTest {
    private static final String V4 = "10.2.0.2";
    private static final String V6 = "fd02::2";

    private final TestNetwork network = new TestNetwork();
    private NetworkNamespace a;

    @BeforeEach
    void threeNamespaces() {
        network.namespace("a").namespace("r").namespace("b");
        network.veth("a", "eth0", "r", "left").veth("r", "right", "b", "eth0");
        network.sysctl("r", "net.ipv4.ip_forward", "1").sysctl("r", "net.ipv6.conf.all.forwarding", "1");
        network.ip("a", "addr add 10.1.0.2/24 dev eth0").ip("r", "addr add 10.1.0.1/24 dev left");
        network.ip("b", "addr add 10.2.0.2/24 dev eth0").ip("r", "addr add 10.2.0.1/24 dev right");
        network.ip("a", "addr add fd01::2/64 dev eth0 nodad").ip("r", "addr add fd01::1/64 dev left nodad");
        network.ip("b", "addr add fd02::2/64 dev eth0 nodad").ip("r", "addr add fd02::1/64 dev right nodad");
        network.ip("a", "route add default via 10.1.0.1").ip("b", "route add default via 10.2.0.1");
        network.ip("a", "-6 route add default via fd01::1").ip("b", "-6 route add default via fd02::1");
        a = NetworkNamespace.open(NamedNamespaces.path("a"));
    }

    @AfterEach
    void end() {
        a.close();
        network.close();
    }

    private static IpAddress address(String text) {
        return IpAddress.parse(text);
    }

    /** Sends one probe and gives what came of it, up to the event that is waited for. */
    private List<ProbeEvent> probe(Probe probe, Predicate<ProbeEvent> last) {
        try (Prober prober = Prober.open(a, probe, 1)) {
            prober.send(0);
            return until(prober, last);
        }
    }

    private static List<ProbeEvent> until(Prober prober, Predicate<ProbeEvent> last) {
        List<ProbeEvent> events = new ArrayList<>();
        Wait.until("the probe's fate", () -> {
            Poll.wait(prober.interests(), Duration.ofMillis(20));
            events.addAll(prober.poll());
            return events.stream().anyMatch(last);
        });
        return events;
    }

    private ProbeEvent fate(Probe probe) {
        return probe(probe, event -> !(event instanceof ProbeEvent.Sent)).getLast();
    }

    private ProbeEvent.IcmpError error(Probe probe) {
        return (ProbeEvent.IcmpError) fate(probe);
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void echoIsAnsweredByTheKernel(String there) {
        try (Prober prober = Prober.open(a, Probe.echo(address(there)).withSize(1000, Fragmentation.FORBIDDEN), 3);
                Taps taps = Taps.open(List.of(a), Tap.Settings.of(Match.conversation(prober.flow(0))))) {
            for (int i = 0; i < 3; i++) {
                prober.send(i);
                int sequence = i;
                until(
                        prober,
                        event -> event instanceof ProbeEvent.Answered(int one, long at, long took, IpAddress from)
                                && one == sequence
                                && took > 0
                                && from.equals(address(there)));
            }
            List<TappedPacket> seen = taps.drain();
            assertThat(seen)
                    .extracting(tapped -> tapped.packet().icmpSequence().orElseThrow())
                    .containsExactly(0, 0, 1, 1, 2, 2);
            assertThat(seen)
                    .allSatisfy(tapped -> assertThat(tapped.packet().ipLength()).hasValue(1000));
            assertThat(seen.getFirst().packet().flow()).contains(prober.flow(0));
        }
    }

    @Test
    void twoProbersDoNotHearEachOther() {
        try (Prober one = Prober.open(a, Probe.echo(address(V4)).withSourcePort(1), 1);
                Prober two = Prober.open(a, Probe.echo(address(V4)).withSourcePort(2), 1)) {
            one.send(0);
            until(one, event -> event instanceof ProbeEvent.Answered);
            assertThat(two.poll()).isEmpty();
        }
    }

    @Test
    void withoutARouteNothingIsSent() {
        network.ip("a", "route del default");
        for (Probe probe : List.of(Probe.echo(address(V4)), Probe.udp(address(V4), 9), Probe.tcp(address(V4), 9))) {
            assertThat(fate(probe))
                    .isInstanceOfSatisfying(
                            ProbeEvent.SendFailed.class,
                            failed -> assertThat(failed.errno()).isEqualTo(Errno.ENETUNREACH));
            try (Prober prober = Prober.open(a, probe, 1)) {
                assertThat(prober.flow(0).source().isAny()).isTrue();
            }
        }
    }

    @Test
    void anOutputFilterIsPermissionDenied() {
        network.in("a", "nft", "add table ip t; add chain ip t o { type filter hook output priority 0; policy drop; }");
        assertThat(fate(Probe.echo(address(V4))))
                .isInstanceOfSatisfying(
                        ProbeEvent.SendFailed.class,
                        failed -> assertThat(failed.errno()).isEqualTo(Errno.EPERM));
        assertThat(fate(Probe.udp(address(V4), 9)))
                .isInstanceOfSatisfying(
                        ProbeEvent.SendFailed.class,
                        failed -> assertThat(failed.errno()).isEqualTo(Errno.EPERM));
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void aSmallMtuOfTheDeviceIsToldAtOnceAndThatOfTheRouterByIcmp(String there) {
        for (Probe probe : List.of(Probe.echo(address(there)), Probe.udp(address(there), 9))) {
            assertThat(fate(probe.withSize(1600, Fragmentation.FORBIDDEN)))
                    .isInstanceOfSatisfying(ProbeEvent.SendFailed.class, failed -> {
                        assertThat(failed.errno()).isEqualTo(Errno.EMSGSIZE);
                        assertThat(failed.pathMtu()).hasValue(1500);
                    });
        }
        network.ip("r", "link set right mtu 1400").ip("b", "link set eth0 mtu 1400");
        ProbeEvent.IcmpError error = error(Probe.echo(address(there)).withSize(1500, Fragmentation.FORBIDDEN));
        assertThat(error.mtu()).hasValue(1400);
        assertThat(error.errno()).isEqualTo(Errno.EMSGSIZE);
        // Now the path MTU is known: DO does not even send, PROBE does.
        assertThat(fate(Probe.echo(address(there)).withSize(1500, Fragmentation.FORBIDDEN)))
                .isInstanceOfSatisfying(
                        ProbeEvent.SendFailed.class,
                        failed -> assertThat(failed.pathMtu()).hasValue(1400));
        assertThat(error(Probe.echo(address(there)).withSize(1500, Fragmentation.FORBIDDEN_BEYOND_DEVICE))
                        .mtu())
                .hasValue(1400);
        assertThat(fate(Probe.echo(address(there)).withSize(3000, Fragmentation.ALLOWED)))
                .isInstanceOf(ProbeEvent.Answered.class);
    }

    @Test
    void icmpErrorsSayWhoAndWhy() {
        ProbeEvent.IcmpError expired = error(Probe.echo(address(V4)).withHopLimit(1));
        assertThat(expired.from()).contains(address("10.1.0.1"));
        assertThat(expired.type()).isEqualTo(11);
        ProbeEvent.IcmpError expired6 = error(Probe.echo(address(V6)).withHopLimit(1));
        assertThat(expired6.from()).contains(address("fd01::1"));
        assertThat(expired6.type()).isEqualTo(3);
        ProbeEvent.IcmpError closed = error(Probe.udp(address(V4), 9));
        assertThat(closed.from()).contains(address(V4));
        assertThat(closed.type() * 100 + closed.code()).isEqualTo(303);
        assertThat(closed.errno()).isEqualTo(Errno.ECONNREFUSED);
        network.in(
                "r",
                "nft",
                "add table ip t; add chain ip t f { type filter hook forward priority 0; };"
                        + "add rule ip t f reject with icmp type admin-prohibited");
        for (Probe probe : List.of(Probe.echo(address(V4)), Probe.udp(address(V4), 9), Probe.tcp(address(V4), 9))) {
            ProbeEvent.IcmpError rejected = error(probe);
            assertThat(rejected.from()).contains(address("10.1.0.1"));
            assertThat(rejected.type() * 100 + rejected.code()).isEqualTo(313);
        }
    }

    @Test
    void anAddressThatNobodyHasIsToldByTheKernelItself() {
        network.sysctl("a", "net.ipv4.neigh.eth0.retrans_time_ms", "50");
        ProbeEvent.IcmpError error = error(Probe.echo(address("10.1.0.77")));
        assertThat(error.from()).contains(address("10.1.0.2"));
        assertThat(error.errno()).isEqualTo(Errno.EHOSTUNREACH);
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void tcpConnectsAndSendsOrIsRefused(String there) throws IOException {
        ProbeEvent refused = fate(Probe.tcp(address(there), 81));
        assertThat(refused)
                .isInstanceOfSatisfying(
                        ProbeEvent.Refused.class,
                        event -> assertThat(event.connected()).isFalse());
        serve("import socket\ns=socket.create_server(('%s',80),family=socket.%s)\nprint('up',flush=True)\n"
                        .formatted(there, there.equals(V6) ? "AF_INET6" : "AF_INET")
                + "while True:\n c,_=s.accept()\n while c.recv(65536): pass\n c.close()\n");
        assertThat(probe(Probe.tcp(address(there), 80), event -> event instanceof ProbeEvent.Closed))
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Sent", "Connected", "Closed");
        assertThat(probe(
                        Probe.tcp(address(there), 80)
                                .withSize(1500, Fragmentation.FORBIDDEN)
                                .withSourcePort(5555),
                        event -> event instanceof ProbeEvent.Closed))
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Sent", "Connected", "Acknowledged", "Closed");
    }

    @Test
    void aTcpFlowIsKnownBeforeItIsSent() {
        try (Prober prober = Prober.open(a, Probe.tcp(address(V4), 80), 2);
                Taps taps = Taps.open(List.of(a), Tap.Settings.of(Match.conversation(prober.flow(1))))) {
            assertThat(prober.flow(0)).isNotEqualTo(prober.flow(1));
            prober.send(0);
            prober.send(1);
            until(prober, event -> event instanceof ProbeEvent.Refused refused && refused.sequence() == 1);
            List<TappedPacket> seen = taps.drain();
            assertThat(seen)
                    .extracting(tapped -> tapped.packet().flow().orElseThrow())
                    .containsExactly(prober.flow(1), prober.flow(1).reversed());
        }
    }

    @Test
    void udpIsAnsweredByAServer() throws IOException {
        serve("import socket\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\ns.bind(('',7))\n"
                + "print('up',flush=True)\nwhile True:\n d,p=s.recvfrom(65536)\n s.sendto(d,p)\n");
        Probe probe = Probe.udp(address(V4), 7).withSourcePort(7777).from(address("10.1.0.2"));
        try (Prober prober = Prober.open(a, probe, 2)) {
            assertThat(prober.flow(0))
                    .isEqualTo(new Flow(dev.lasthop.address.Protocol.UDP, address("10.1.0.2"), 7777, address(V4), 7));
            prober.send(5);
            prober.send(6);
            until(prober, event -> event instanceof ProbeEvent.Answered answered && answered.sequence() == 6);
        }
        assertThat(fate(probe.withSize(3000, Fragmentation.ALLOWED))).isInstanceOf(ProbeEvent.Answered.class);
    }

    @Test
    void whatCannotBeBoundIsSaid() {
        assertThatThrownBy(() -> Prober.open(a, Probe.echo(address(V4)).from(address("10.9.9.9")), 1))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("EADDRNOTAVAIL");
        assertThatThrownBy(() -> Prober.open(a, Probe.udp(address(V4), 9).on("nosuch"), 1))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("ENODEV");
    }

    private void serve(String program) throws IOException {
        Process server = network.start("b", "python3", "-c", program);
        assertThat(server.inputReader().readLine()).isEqualTo("up");
    }
}
