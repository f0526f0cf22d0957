package dev.lasthop.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Protocol;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Golden bytes, both ways. */
class PacketTest {
    private static final MacAddress MAC_A = MacAddress.parse("02:00:00:00:00:0a");
    private static final MacAddress MAC_B = MacAddress.parse("02:00:00:00:00:0b");
    private static final IpAddress A = IpAddress.parse("10.0.0.1");
    private static final IpAddress B = IpAddress.parse("10.0.0.2");
    private static final IpAddress A6 = IpAddress.parse("fd00::1");
    private static final IpAddress B6 = IpAddress.parse("fd00::2");

    private static final String ETHERNET = """
            02 00 00 00 00 0b   # destination
            02 00 00 00 00 0a   # source
            """;
    private static final String IPV4_ICMP = """
            45                  # version 4, 5 words
            00                  # type of service
            00 1c               # 28 bytes
            12 34               # id
            40 00               # don't fragment, offset 0
            40                  # time to live 64
            01                  # ICMP
            14 ab               # checksum
            0a 00 00 01         # source
            0a 00 00 02         # destination
            """;
    private static final String ECHO = """
            08 00               # echo request
            a5 c8               # checksum
            52 34 00 03         # identifier, sequence
            """;
    private static final Ipv4 IP_ICMP =
            new Ipv4(0, 28, 0x1234, Ipv4.DONT_FRAGMENT, 0, 64, Protocol.ICMP, 0x14ab, A, B, Bytes.NONE);

    private static byte[] bytes(String... commented) {
        String hex = String.join("\n", commented).replaceAll("#.*", "").replaceAll("\\s", "");
        return HexFormat.of().parseHex(hex);
    }

    /** That these bytes are these layers, and the other way round. */
    private static Packet both(byte[] frame, LinkType link, Layer... layers) {
        Packet packet = Packet.decode(frame, link);
        assertThat(packet.layers()).containsExactly(layers);
        assertThat(Packet.of(link, layers).encode()).isEqualTo(frame);
        return packet;
    }

    @Test
    void anEchoRequestWithPadding() {
        byte[] frame = bytes(ETHERNET, "08 00 # IPv4", IPV4_ICMP, ECHO, "00 00 00 00 # padding");
        Packet packet = both(
                frame,
                LinkType.ETHERNET,
                new Ethernet(MAC_B, MAC_A, Ethernet.IPV4),
                IP_ICMP,
                new Icmp(Family.IPV4, 8, 0, 0xa5c8, 0x52340003),
                new Trailer(Bytes.of(new byte[4])));
        assertThat(packet.flow()).contains(Flow.icmp(A, 0x5234, B));
        assertThat(packet.icmpSequence()).hasValue(3);
        assertThat(packet.ipId()).hasValue(0x1234);
        assertThat(packet.hopLimit()).hasValue(64);
        assertThat(packet.ipLength()).hasValue(28);
        assertThat(packet.toString()).contains("10.0.0.1 > 10.0.0.2").contains("Ethernet/Ipv4/Icmp/Trailer");
    }

    @Test
    void checksumsAreThoseOfTheWire() {
        assertThat(Checksum.internet(bytes(IPV4_ICMP))).isZero();
        assertThat(Checksum.internet(bytes(ECHO))).isZero();
        assertThat(new Ipv4(0, 28, 0x1234, Ipv4.DONT_FRAGMENT, 0, 64, Protocol.ICMP, 0, A, B, Bytes.NONE).checksummed())
                .isEqualTo(IP_ICMP);
        assertThat(Checksum.internet(bytes("01 02 03")))
                .isEqualTo(0xffff - 0x0102 - 0x0300); // an odd byte counts as high
    }

    @Test
    void vlanTagsAndTcp() {
        byte[] frame = bytes(ETHERNET, """
                88 a8 60 64         # service tag: priority 3, VLAN 100
                81 00 00 07         # customer tag: VLAN 7
                08 00               # IPv4
                46                  # version 4, 6 words
                10                  # low delay
                00 31               # 49 bytes
                00 01 00 00         # id 1, may be fragmented
                3f 06 00 00         # time to live 63, TCP, checksum
                0a 00 00 01
                0a 00 00 02
                94 04 00 00         # router alert
                1f 90 00 50         # ports 8080, 80
                ff ff ff fe         # sequence
                00 00 00 07         # acknowledgment
                61 12               # 6 words; AE, ACK and SYN
                fa f0               # window
                ab cd               # checksum
                00 00               # urgent
                02 04 05 b4         # MSS 1460
                2a                  # payload
                """);
        Packet packet = both(
                frame,
                LinkType.ETHERNET,
                new Ethernet(
                        MAC_B,
                        MAC_A,
                        List.of(new Ethernet.Tag(Ethernet.SERVICE_VLAN, 0x6064), new Ethernet.Tag(Ethernet.VLAN, 7)),
                        Ethernet.IPV4),
                new Ipv4(0x10, 49, 1, 0, 0, 63, Protocol.TCP, 0, A, B, Bytes.of(bytes("94 04 00 00"))),
                new Tcp(8080, 80, 0xffff_fffeL, 7, 0x112, 0xfaf0, 0xabcd, 0, Bytes.of(bytes("02 04 05 b4"))),
                new Payload(Bytes.of((byte) 42)));
        assertThat(packet.flow()).contains(new Flow(Protocol.TCP, A, 8080, B, 80));
        assertThat(packet.tcpSequence()).hasValue(0xffff_fffeL);
        assertThat(packet.tcpAcknowledgment()).hasValue(7);
        assertThat(packet.tcp().orElseThrow().has(Tcp.SYN | Tcp.ACK)).isTrue();
        assertThat(packet.ethernet().orElseThrow().tags().getFirst().id()).isEqualTo(100);
        assertThat(packet.ethernet().orElseThrow().tags().getFirst().priority()).isEqualTo(3);
    }

    @Test
    void arp() {
        byte[] frame = bytes("ff ff ff ff ff ff 02 00 00 00 00 0a 08 06", """
                00 01               # Ethernet
                08 00               # IPv4
                06 04               # lengths of the addresses
                00 01               # request
                02 00 00 00 00 0a   # sender
                0a 00 00 01
                00 00 00 00 00 00   # target
                0a 00 00 02
                """);
        Packet packet = both(
                frame,
                LinkType.ETHERNET,
                new Ethernet(MacAddress.BROADCAST, MAC_A, Ethernet.ARP),
                new Arp(Arp.REQUEST, MAC_A, A, MacAddress.ZERO, B));
        assertThat(packet.flow()).isEmpty();
        assertThat(packet.toString()).startsWith("arp 10.0.0.1 > 10.0.0.2");
    }

    @Test
    void neighborSolicitation() {
        byte[] packet = bytes("""
                60 00 00 00         # version 6
                00 20 3a ff         # 32 bytes, ICMPv6, hop limit 255
                fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01
                ff 02 00 00 00 00 00 00 00 00 00 01 ff 00 00 02
                87 00 00 00 00 00 00 00   # neighbor solicitation
                fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02
                01 01 02 00 00 00 00 0a   # source link-layer address
                """);
        Packet decoded = both(
                packet,
                LinkType.IP,
                new Ipv6(0, 0, 32, Protocol.ICMPV6, 255, A6, IpAddress.parse("ff02::1:ff00:2")),
                new Icmp(Family.IPV6, 135, 0, 0, 0),
                NeighborDiscovery.of(B6, NeighborDiscovery.SOURCE_LINK_ADDRESS, MAC_A));
        NeighborDiscovery body = decoded.layer(NeighborDiscovery.class).orElseThrow();
        assertThat(body.linkAddress(NeighborDiscovery.SOURCE_LINK_ADDRESS)).contains(MAC_A);
        assertThat(body.linkAddress(NeighborDiscovery.TARGET_LINK_ADDRESS)).isEmpty();
    }

    @Test
    void redirects() {
        byte[] v6 = bytes("""
                60 00 00 00 00 28 3a ff
                fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01
                fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02
                89 00 00 00 00 00 00 00   # redirect
                fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02   # better next hop
                fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01   # for this destination
                """);
        both(
                v6,
                LinkType.IP,
                new Ipv6(0, 0, 40, Protocol.ICMPV6, 255, A6, B6),
                new Icmp(Family.IPV6, 137, 0, 0, 0),
                new NeighborDiscovery(B6, Optional.of(A6), Bytes.NONE));
        assertThat(new Icmp(Family.IPV4, Icmp.REDIRECT, 1, 0, 0x0a000002).gateway())
                .contains(B);
    }

    @Test
    void extensionHeadersAndFragments() {
        String start = """
                6a b1 23 45         # version 6, traffic class ab, flow label 12345
                00 20 00 3f         # 32 bytes, hop-by-hop, hop limit 63
                fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01
                fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02
                2c 00 05 02 00 00 01 00   # hop-by-hop: next is a fragment header; router alert
                """;
        String udp = "00 35 00 36 00 10 ab cd 01 02 03 04 05 06 07 08";
        var ip = new Ipv6(0xab, 0x12345, 32, Ipv6Extension.HOP_BY_HOP, 63, A6, B6);
        var options =
                new Ipv6Extension(Ipv6Extension.HOP_BY_HOP, Ipv6Fragment.KIND, 0, Bytes.of(bytes("05 02 00 00 01 00")));
        Packet first = both(
                bytes(start, "11 00 00 01 de ad be ef # next UDP, offset 0, more; id", udp),
                LinkType.IP,
                ip,
                options,
                new Ipv6Fragment(Protocol.UDP, 0, 0, 1, 0xdeadbeefL),
                new Udp(53, 54, 16, 0xabcd),
                new Payload(Bytes.of(bytes("01 02 03 04 05 06 07 08"))));
        assertThat(first.flow()).contains(new Flow(Protocol.UDP, A6, 53, B6, 54));
        assertThat(first.ipLength()).hasValue(72);
        Packet later = both(
                bytes(start, "11 00 05 a8 de ad be ef # next UDP, offset 181 * 8, the last; id", udp),
                LinkType.IP,
                ip,
                options,
                new Ipv6Fragment(Protocol.UDP, 0, 181, 0, 0xdeadbeefL),
                new Payload(Bytes.of(bytes(udp))));
        assertThat(later.flow()).isEmpty();
        assertThat(later.isFragment()).isTrue();
        assertThat(later.protocol()).contains(Protocol.UDP);
        assertThat(later.ipId()).isEqualTo(first.ipId()).hasValue(0xdeadbeefL);
    }

    @Test
    void anErrorQuotesItsPacket() {
        byte[] error = bytes("""
                45 00 00 38 00 00 00 00 40 01 00 00
                0a 00 00 02
                0a 00 00 01
                03 04 00 00         # fragmentation needed
                00 00 05 78         # MTU 1400
                45 00 05 dc 00 09 40 00 3f 06 00 00
                0a 00 00 01
                0a 00 00 02
                1f 90 00 50 00 00 00 2a   # the first eight bytes of TCP: ports 8080, 80, sequence 42
                """);
        Packet packet = Packet.decode(error, LinkType.IP);
        assertThat(packet.encode()).isEqualTo(error);
        assertThat(packet.icmp().orElseThrow().mtu()).hasValue(1400);
        assertThat(packet.flow()).contains(Flow.icmp(B, 0, A));
        Packet quoted = packet.quoted().orElseThrow();
        assertThat(quoted.flow()).contains(new Flow(Protocol.TCP, A, 8080, B, 80));
        assertThat(quoted.tcpSequence()).hasValue(42);
        assertThat(quoted.ipId()).hasValue(9);
        assertThat(quoted.ipLength()).hasValue(1500);
    }

    @Test
    void sctp() {
        Packet packet = both(
                bytes("45 00 00 20 00 00 40 00 40 84 00 00 0a 00 00 01 0a 00 00 02", """
                        0b 59 0b 5a         # ports 2905, 2906
                        01 02 03 04         # verification tag
                        f1 f2 f3 f4         # checksum
                        """),
                LinkType.IP,
                new Ipv4(0, 32, 0, 2, 0, 64, Protocol.SCTP, 0, A, B, Bytes.NONE),
                new Sctp(2905, 2906, 0x01020304L, 0xf1f2f3f4L));
        assertThat(packet.flow()).contains(new Flow(Protocol.SCTP, A, 2905, B, 2906));
    }

    @Test
    void vxlanHoldsAFrame() {
        byte[] inner = bytes(ETHERNET, "08 00", IPV4_ICMP, ECHO);
        byte[] outer = bytes("45 00 00 4e 00 00 40 00 40 11 00 00 0a 00 00 02 0a 00 00 01", """
                c0 00 12 b5         # ports 49152, 4789
                00 3a 00 00         # length, no checksum
                08 00 00 00         # the identifier is valid
                00 00 2a 00         # VNI 42
                """);
        byte[] frame = new byte[outer.length + inner.length];
        System.arraycopy(outer, 0, frame, 0, outer.length);
        System.arraycopy(inner, 0, frame, outer.length, inner.length);
        Packet packet = Packet.decode(frame, LinkType.IP);
        assertThat(packet.layer(Vxlan.class)).contains(new Vxlan(8, 0, 42, 0));
        assertThat(packet.encode()).isEqualTo(frame);
        assertThat(packet.flow().orElseThrow().destinationPort()).isEqualTo(Vxlan.PORT);
        assertThat(packet.inner().flatMap(Packet::flow)).contains(Flow.icmp(A, 0x5234, B));
    }

    @Test
    void whatDoesNotEvenBeginIsRefused() {
        assertThatThrownBy(() -> Packet.decode(new byte[13], LinkType.ETHERNET))
                .isInstanceOf(MalformedPacketException.class)
                .hasMessageContaining("13");
        assertThatThrownBy(() -> Packet.decode(new byte[20], LinkType.IP)).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void everyLengthAndEveryMutationIsAPacketOrRefusedAndNothingIsLost() {
        List<byte[]> seeds = List.of(
                bytes(ETHERNET, "08 00", IPV4_ICMP, ECHO, "00 00"),
                bytes(ETHERNET, "81 00 00 07 86 dd", """
                        60 00 00 00 00 28 00 40
                        fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01
                        fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02
                        2c 00 05 02 00 00 01 00
                        3a 00 00 00 de ad be ef
                        88 00 00 00 00 00 00 00
                        fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02
                        02 01 02 00 00 00 00 0a
                        """),
                bytes(
                        ETHERNET,
                        "08 00 45 00 00 4e 00 00 40 00 40 11 00 00 0a 00 00 02 0a 00 00 01",
                        "c0 00 12 b5 00 3a 00 00 08 00 00 00 00 00 2a 00",
                        ETHERNET,
                        "08 00",
                        IPV4_ICMP,
                        ECHO),
                bytes(
                        ETHERNET,
                        "08 00 45 00 00 3c 00 00 00 00 40 06 00 00 0a 00 00 01 0a 00 00 02",
                        "1f 90 00 50 00 00 00 01 00 00 00 02 60 12 fa f0 00 00 00 00 02 04 05 b4 01 02 03 04"));
        var random = new Random(20261123);
        for (byte[] seed : seeds) {
            for (int length = 0; length <= seed.length; length++) {
                survives(Arrays.copyOf(seed, length));
            }
            for (int i = 0; i < 20_000; i++) {
                byte[] mutated = Arrays.copyOf(seed, 1 + random.nextInt(seed.length + 20));
                for (int j = random.nextInt(6); j >= 0; j--) {
                    mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
                }
                survives(mutated);
            }
        }
    }

    private static void survives(byte[] bytes) {
        for (LinkType link : LinkType.values()) {
            byte[] frame =
                    link == LinkType.IP && bytes.length > 14 ? Arrays.copyOfRange(bytes, 14, bytes.length) : bytes;
            try {
                Packet packet = Packet.decode(frame, link);
                if (!Arrays.equals(packet.encode(), frame)) {
                    throw new AssertionError("lost: " + HexFormat.of().formatHex(frame) + " is " + packet);
                }
                assertThat(packet.toString()).isNotEmpty();
                packet.flow();
                packet.ipId();
                packet.tcpSequence();
                packet.icmp().ifPresent(icmp -> icmp.mtu());
                packet.quoted().map(Packet::flow);
                packet.inner().map(Packet::flow);
                packet.layer(NeighborDiscovery.class).ifPresent(body -> body.linkAddress(1));
            } catch (MalformedPacketException e) {
                assertThat(e).hasMessageContaining("header");
            }
        }
    }
}
