package dev.lasthop.packet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What taps give, against what tcpdump and tshark say. */
@KernelTest
class TapTest {
    private static final IpAddress HERE = IpAddress.parse("10.1.0.1");
    private static final IpAddress THERE = IpAddress.parse("10.1.0.2");

    private final TestNetwork network = new TestNetwork();
    private final List<NetworkNamespace> open = new ArrayList<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void twoNamespaces() {
        network.namespace("a").namespace("b").veth("a", "eth0", "b", "eth0");
        network.ip("a", "addr add 10.1.0.1/24 dev eth0").ip("b", "addr add 10.1.0.2/24 dev eth0");
        network.ip("a", "addr add fd00::1/64 dev eth0 nodad").ip("b", "addr add fd00::2/64 dev eth0 nodad");
    }

    @AfterEach
    void end() {
        open.forEach(NetworkNamespace::close);
        network.close();
    }

    private NetworkNamespace namespace(String name) {
        NetworkNamespace namespace = NetworkNamespace.open(NamedNamespaces.path(name));
        open.add(namespace);
        return namespace;
    }

    /** What came until {@code count} packets were there. */
    private static List<TappedPacket> take(Taps taps, int count) {
        List<TappedPacket> packets = new ArrayList<>();
        Wait.until(count + " packets", () -> {
            packets.addAll(taps.poll(Duration.ofMillis(100)));
            return packets.size() >= count;
        });
        return packets;
    }

    @Test
    void onePingIsSeenAtEachDeviceInOrder() {
        var echo = new Match.Transport(Family.IPV4, Protocol.ICMP);
        try (Taps taps = Taps.open(List.of(namespace("a"), namespace("b")), Tap.Settings.of(echo))) {
            long before = System.nanoTime();
            network.in("a", "ping", "-n", "-c", "1", "-e", "4660", "10.1.0.2");
            List<TappedPacket> seen = take(taps, 4);
            assertThat(seen)
                    .extracting(TappedPacket::direction)
                    .containsExactly(Direction.OUT, Direction.IN, Direction.OUT, Direction.IN);
            assertThat(seen)
                    .extracting(TappedPacket::namespaceInode)
                    .containsExactly(
                            open.get(0).inode(),
                            open.get(1).inode(),
                            open.get(1).inode(),
                            open.get(0).inode());
            var flow = Flow.icmp(HERE, 0x1234, THERE);
            assertThat(seen)
                    .extracting(tapped -> tapped.packet().flow().orElseThrow())
                    .containsExactly(flow, flow, flow.reversed(), flow.reversed());
            assertThat(seen).allSatisfy(tapped -> {
                assertThat(tapped.nanos()).isBetween(before, System.nanoTime());
                assertThat(tapped.packet().icmpSequence()).hasValue(1);
                assertThat(tapped.packet().wireLength()).isEqualTo(98);
            });
            assertThat(taps.dropped()).isZero();
        }
    }

    @Test
    void aConversationIsToldApartFromTheRest() {
        var flow = new Flow(Protocol.UDP, HERE, 4000, THERE, 5000);
        try (Taps taps = Taps.open(List.of(namespace("a")), Tap.Settings.of(Match.conversation(flow)))) {
            network.ping("a", "10.1.0.2");
            udp("10.1.0.2", 4000, 5001, 10);
            udp("10.1.0.2", 4000, 5000, 10);
            udp("10.1.0.2", 4000, 5000, 3000);
            List<TappedPacket> seen = take(taps, 6);
            // the error of the other conversation; ours: 10 bytes, port unreachable, three fragments
            assertThat(seen.get(1).packet().flow()).contains(flow);
            assertThat(seen.get(2).packet().quoted().flatMap(Packet::flow)).contains(flow);
            assertThat(seen.get(3).packet().isFragment()).isTrue();
            assertThat(seen.get(3).packet().flow()).contains(flow);
            assertThat(seen.get(4).packet().flow()).isEmpty();
            assertThat(seen.get(5).packet().ipId())
                    .isEqualTo(seen.get(3).packet().ipId());
        }
    }

    /** A match, and what of one and the same traffic it is to let through. */
    private record Case(Match match, List<String> kinds) {
        Case(Match match, String... kinds) {
            this(match, List.of(kinds));
        }
    }

    private static List<Case> cases() {
        IpAddress here = IpAddress.parse("fd00::1");
        IpAddress there = IpAddress.parse("fd00::2");
        List<IpAddress> many = new ArrayList<>(List.of(there));
        for (int i = 0; i < 150; i++) {
            many.add(IpAddress.parse("fd01::").plus(i));
        }
        return List.of(
                new Case(Match.resolution(List.of(THERE, there)), "135", "136", "arp"),
                new Case(new Match.Arp(IpAddress.ANY_IPV4), "arp"),
                new Case(new Match.Arp(IpAddress.parse("10.1.0.3"))),
                new Case(new Match.Echo(Family.IPV6, 77), "128", "129"),
                new Case(new Match.Echo(Family.IPV4, 77), "0", "8"),
                new Case(new Match.Echo(Family.IPV4, 78)),
                new Case(new Match.IcmpError(Family.IPV4), "3"),
                new Case(new Match.Quoting(there), "1"),
                new Case(new Match.Quoting(here), "1"),
                new Case(new Match.Quoting(IpAddress.parse("fd00::3"))),
                new Case(new Match.SourcePort(Family.IPV6, Protocol.UDP, 4000), "udp"),
                new Case(new Match.DestinationPort(Family.IPV6, Protocol.UDP, 4000)),
                new Case(new Match.DestinationPort(Family.IPV4, Protocol.UDP, 5000), "udp"),
                new Case(new Match.Fragment(Family.IPV6), "fragment", "udp"),
                new Case(
                        Match.all(Match.hosts(List.of(THERE)), new Match.Not(new Match.Ip(Family.IPV6))),
                        "0",
                        "3",
                        "8",
                        "fragment",
                        "udp"),
                new Case(new Match.Not(new Match.Everything())),
                new Case(Match.all(Match.hosts(many), new Match.Echo(Family.IPV6, 77)), "128", "129"));
    }

    @Test
    void everyKindOfMatchIsTakenByTheKernelAndChoosesRight() {
        List<Case> cases = cases();
        NetworkNamespace here = namespace("a");
        try (Taps taps = Taps.of(cases.stream()
                .map(one -> Tap.open(here, Tap.Settings.of(one.match())))
                .toList())) {
            for (String address : List.of("10.1.0.2", "fd00::2")) {
                network.in("a", "ping", "-n", "-c", "1", "-e", "77", address);
                udp(address, 4000, 5000, 10);
                udp(address, 4000, 5000, 2000);
            }
            network.in("a", "ping", "-n", "-c", "1", "-e", "99", "10.1.0.2"); // all the above has come by then
            for (int i = 0; i < cases.size(); i++) {
                assertThat(kinds(taps.taps().get(i)))
                        .as(cases.get(i).match().toString())
                        .isEqualTo(cases.get(i).kinds());
            }
        }
    }

    /** What came to a tap, sorted, each kind once. */
    private static List<String> kinds(Tap tap) {
        return tap.drain().stream()
                .map(TappedPacket::packet)
                .filter(packet -> packet.flow().map(Flow::sourcePort).orElse(0) != 99)
                .map(TapTest::kind)
                .distinct()
                .sorted()
                .toList();
    }

    private static String kind(Packet packet) {
        if (packet.arp().isPresent()) {
            return "arp";
        }
        return packet.flow().isEmpty()
                ? "fragment"
                : packet.icmp().map(icmp -> Integer.toString(icmp.type())).orElse("udp");
    }

    private void udp(String address, int from, int to, int size) {
        String family = address.contains(":") ? "AF_INET6" : "AF_INET";
        String program = "import socket; s=socket.socket(socket.%s,socket.SOCK_DGRAM); s.bind(('',%d)); "
                + "s.sendto(b'x'*%d,('%s',%d))";
        network.in("a", "python3", "-c", program.formatted(family, from, size, address, to));
    }

    @Test
    void tcpdumpSeesTheSameBytes() throws IOException, InterruptedException {
        Path file = folder.resolve("tcpdump.pcap");
        Process tcpdump =
                network.start("b", "tcpdump", "-i", "eth0", "-U", "--immediate-mode", "-w", file.toString(), "icmp");
        try (var words = tcpdump.inputReader()) {
            assertThat(words.readLine()).contains("listening");
            var icmp = new Match.Transport(Family.IPV4, Protocol.ICMP);
            try (Taps taps = Taps.open(List.of(namespace("b")), Tap.Settings.of(icmp))) {
                network.in("a", "ping", "-n", "-c", "2", "-i", "0.2", "10.1.0.2");
                List<TappedPacket> seen = take(taps, 4);
                Wait.until("tcpdump has four", () -> file.toFile().length() >= 24 + 4 * (16 + 98));
                tcpdump.destroy();
                assertThat(tcpdump.waitFor(10, TimeUnit.SECONDS)).isTrue();
                byte[] theirs = Files.readAllBytes(file);
                for (int i = 0; i < 4; i++) {
                    int at = 24 + i * (16 + 98) + 16; // file header; packet header, packet
                    assertThat(seen.get(i).packet().encode())
                            .isEqualTo(java.util.Arrays.copyOfRange(theirs, at, at + 98));
                }
            }
        }
    }

    @Test
    void tsharkReadsTheFileOfAllHops() throws IOException {
        Path file = folder.resolve("hops.pcapng");
        var echo = new Match.Echo(Family.IPV6, 7);
        try (Taps taps = Taps.open(
                        List.of(namespace("a"), namespace("b")),
                        Tap.Settings.of(echo).withSnaplen(80));
                var pcapng = new Pcapng(Files.newOutputStream(file))) {
            network.in("a", "ping", "-n", "-c", "1", "-e", "7", "fd00::2");
            for (TappedPacket tapped : take(taps, 4)) {
                String name = tapped.namespaceInode() == open.get(0).inode() ? "netns:a/eth0" : "netns:b/eth0";
                pcapng.write(name, tapped);
            }
        }
        String[] fields = {
            "frame.interface_name",
            "frame.packet_flags_direction",
            "frame.len",
            "frame.cap_len",
            "icmpv6.type",
            "icmpv6.echo.identifier"
        };
        List<String> command = new ArrayList<>(List.of("tshark", "-r", file.toString(), "-T", "fields"));
        for (String field : fields) {
            command.addAll(List.of("-e", field));
        }
        assertThat(Tool.run(command.toArray(String[]::new)).lines().filter(line -> line.startsWith("netns")))
                .satisfiesExactly(
                        one -> assertThat(one.split("\t"))
                                .containsExactly("netns:a/eth0", "0x00000002", "118", "80", "128", "0x0007"),
                        one -> assertThat(one.split("\t"))
                                .containsExactly("netns:b/eth0", "0x00000001", "118", "80", "128", "0x0007"),
                        one -> assertThat(one.split("\t"))
                                .containsExactly("netns:b/eth0", "0x00000002", "118", "80", "129", "0x0007"),
                        one -> assertThat(one.split("\t"))
                                .containsExactly("netns:a/eth0", "0x00000001", "118", "80", "129", "0x0007"));
        assertThat(Tool.run("tcpdump", "-n", "-r", file.toString())).contains("echo request, id 7");
    }

    @Test
    void manyNamespacesAreOpenedAtOnceAndInOrder() {
        List<NetworkNamespace> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            NetworkNamespace namespace = NetworkNamespace.create();
            open.add(namespace);
            many.add(namespace);
        }
        try (Taps taps = Taps.open(many, Tap.Settings.of(new Match.Arp(IpAddress.ANY_IPV4)))) {
            assertThat(taps.taps())
                    .extracting(Tap::namespaceInode)
                    .containsExactlyElementsOf(
                            many.stream().map(NetworkNamespace::inode).toList());
        }
    }

    @Test
    void whatIsNotDrainedIsCounted() {
        var settings = new Tap.Settings(new Match.Everything(), IfIndex.LOOPBACK, 96, 1 << 16);
        try (Tap tap = Tap.open(namespace("a"), settings)) {
            network.in("a", "ping", "-q", "-n", "-A", "-c", "200", "127.0.0.1");
            int kept = tap.drain().size();
            assertThat(kept).isBetween(1, 256);
            assertThat(kept + tap.dropped()).isEqualTo(800); // request and reply, out and in
            network.ip("a", "link set lo down").ip("a", "link set lo up");
            network.in("a", "ping", "-q", "-n", "-c", "1", "127.0.0.1");
            assertThat(tap.drain()).hasSize(4);
        }
    }
}
