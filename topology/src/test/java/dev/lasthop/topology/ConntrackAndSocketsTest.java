package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.conntrack.ConntrackSocket;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@KernelTest
class ConntrackAndSocketsTest {
    @Test
    void trackedConnectionsOfAnAddress() {
        try (var network = new TestNetwork().namespace("a").namespace("b").veth("a", "eth0", "b", "eth0")) {
            network.ip("a", "addr add 10.1.0.1/24 dev eth0").ip("b", "addr add 10.1.0.2/24 dev eth0");
            network.in(
                    "b",
                    "nft",
                    "add table ip t; add chain ip t in { type nat hook prerouting priority -100; }; "
                            + "add rule ip t in ct mark set 7 ip daddr 10.1.0.9 dnat to 10.1.0.2; add chain ip t x { type filter hook input priority 0; }; add rule ip t x ct state new");
            network.ip("a", "route add 10.1.0.9 via 10.1.0.2");
            network.attempt("a", "ping", "-c", "1", "-W", "1", "-e", "77", "10.1.0.9");
            try (var b = NetworkNamespace.open(Path.of("/run/netns/b"));
                    var socket = ConntrackSocket.open(b)) {
                Recording recording = b.call(() -> Recorded.by(sink -> ConntrackSource.record(
                        sink, List.of(IpAddress.parse("10.1.0.9"), IpAddress.parse("10.1.0.1")), Optional.empty())));
                assertThat(recording.gaps()).isEmpty();
                Conntrack conntrack = ConntrackSource.read(recording);
                assertThat(conntrack.count()).isEqualTo(1);
                assertThat(conntrack.maximum()).isPositive();
                assertThat(conntrack.statistics()).containsKey("insert_failed");
                assertThat(conntrack.entries()).hasSize(1);
                Conntrack.Entry entry = conntrack.entries().getFirst();
                assertThat(entry.original())
                        .isEqualTo(Flow.icmp(IpAddress.parse("10.1.0.1"), 77, IpAddress.parse("10.1.0.9")));
                assertThat(entry.reply())
                        .isEqualTo(Flow.icmp(IpAddress.parse("10.1.0.2"), 77, IpAddress.parse("10.1.0.1")));
                assertThat(entry.status() & Conntrack.Entry.DESTINATION_NAT).isNotZero();
                assertThat(entry.mark()).isEqualTo(7);
                Recording other = b.call(() -> Recorded.by(
                        sink -> ConntrackSource.record(sink, List.of(IpAddress.parse("10.1.0.77")), Optional.empty())));
                assertThat(ConntrackSource.read(other).entries()).isEmpty();
                assertThat(socket.delete(entry.original())).isTrue();
                assertThat(socket.delete(entry.original())).isFalse();
            }
        }
    }

    /** More than are read whole: the kernel selects. */
    @Test
    void manyConnections() {
        try (var network = new TestNetwork().namespace("a").namespace("b").veth("a", "eth0", "b", "eth0")) {
            network.ip("a", "addr add 10.1.0.1/24 dev eth0").ip("b", "addr add 10.1.0.2/24 dev eth0");
            network.in("b", "nft", "add table ip t; add chain ip t x { type filter hook input priority 0; }");
            network.in("b", "nft", "add rule ip t x ct state new accept");
            try (var a = NetworkNamespace.open(Path.of("/run/netns/a"));
                    var b = NetworkNamespace.open(Path.of("/run/netns/b"))) {
                a.run(() -> datagrams(1_200));
                Recording many = b.call(() -> Recorded.by(sink ->
                        ConntrackSource.record(sink, List.of(IpAddress.parse("10.1.0.1")), Optional.of(Protocol.UDP))));
                assertThat(many.gaps()).isEmpty();
                assertThat(ConntrackSource.read(many).entries()).hasSizeGreaterThan(1_024);
                Recording none = b.call(() -> Recorded.by(
                        sink -> ConntrackSource.record(sink, List.of(IpAddress.parse("10.1.0.77")), Optional.empty())));
                Recording tcp = b.call(() -> Recorded.by(sink ->
                        ConntrackSource.record(sink, List.of(IpAddress.parse("10.1.0.1")), Optional.of(Protocol.TCP))));
                assertThat(tcp.gaps()).isEmpty();
                assertThat(ConntrackSource.read(tcp).entries()).isEmpty();
                assertThat(ConntrackSource.read(none).count()).isGreaterThan(1_024);
                assertThat(ConntrackSource.read(none).entries()).isEmpty();
            }
        }
    }

    private static void datagrams(int count) {
        try (var socket = new DatagramSocket()) {
            for (int port = 10_000; port < 10_000 + count; port++) {
                socket.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName("10.1.0.2"), port));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void socketsThatWait() throws IOException {
        Tool.run("ip", "link", "set", "lo", "up");
        try (var tcp = new ServerSocket(8080, 7, InetAddress.getByName("127.0.0.1"));
                var udp = new DatagramSocket(5353)) {
            Recording recording = Recorded.by(SocketSource::record);
            assertThat(tcp.isBound() && udp.isBound()).isTrue();
            assertThat(recording.gaps()).isEmpty();
            List<ListeningSocket> sockets = SocketSource.read(recording);
            assertThat(sockets)
                    .anySatisfy(socket -> {
                        assertThat(socket.protocol()).isEqualTo(Protocol.TCP);
                        assertThat(socket.port()).isEqualTo(8080);
                        assertThat(socket.address().toString()).isIn("127.0.0.1", "::ffff:127.0.0.1");
                        assertThat(socket.backlog()).isEqualTo(7);
                        assertThat(socket.inode()).isPositive();
                    })
                    .anySatisfy(socket -> {
                        assertThat(socket.protocol()).isEqualTo(Protocol.UDP);
                        assertThat(socket.port()).isEqualTo(5353);
                        assertThat(socket.connected()).isFalse();
                    });
        }
    }
}
