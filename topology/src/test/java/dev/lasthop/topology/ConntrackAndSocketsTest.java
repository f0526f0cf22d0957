package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
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
import org.junit.jupiter.api.Test;

@KernelTest
class ConntrackAndSocketsTest {
    @Test
    void trackedConnectionsOfAFlow() {
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
                Recording recording = recorded(b, Protocol.ICMP, 77);
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
                assertThat(entries(recorded(b, Protocol.ICMP, 78))).isEmpty();
                assertThat(entries(recorded(b, Protocol.UDP, 77))).isEmpty();
                assertThat(entries(recorded(b, Protocol.ICMP, 0))).isEmpty();
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
                Recording many = recorded(b, Protocol.UDP, FROM);
                assertThat(many.gaps()).isEmpty();
                assertThat(ConntrackSource.read(many).count()).isGreaterThan(1_024);
                assertThat(entries(many)).hasSizeGreaterThan(1_024);
                assertThat(entries(recorded(b, Protocol.UDP, 10_007)))
                        .singleElement()
                        .satisfies(entry -> assertThat(entry.original().destinationPort())
                                .isEqualTo(10_007)); // the one whose replies come from there
                assertThat(entries(recorded(b, Protocol.UDP, 9))).isEmpty();
                assertThat(entries(recorded(b, Protocol.TCP, FROM))).isEmpty();
                network.attempt("a", "ping", "-c", "1", "-W", "1", "-e", "77", "10.1.0.2");
                assertThat(entries(recorded(b, Protocol.ICMP, 77))).hasSize(1);
                assertThat(entries(recorded(b, Protocol.ICMP, 78))).isEmpty();
            }
        }
    }

    private static final int FROM = 4_711;

    private static Recording recorded(NetworkNamespace namespace, Protocol protocol, int port) {
        return namespace.call(() -> Recorded.by(sink -> ConntrackSource.record(sink, Family.IPV4, protocol, port)));
    }

    private static List<Conntrack.Entry> entries(Recording recording) {
        return ConntrackSource.read(recording).entries();
    }

    private static void datagrams(int count) {
        try (var socket = new DatagramSocket(FROM)) {
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
