package dev.lasthop.netlink.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.Hex;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.conntrack.ConntrackFilter.Direction;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tracked connections and questions for them: as bytes, and as {@code conntrack} puts them into the kernel and finds them there. */
class ConntrackTest {
    private static final IpAddress CLIENT = IpAddress.parse("10.0.0.1");
    private static final IpAddress PUBLISHED = IpAddress.parse("192.0.2.1");
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.9");

    private static final Bytes TRANSLATED = Hex.bytes("""
            02 00 00 00                  # nfgenmsg: AF_INET
            34 00 01 80                  # CTA_TUPLE_ORIG, nested
             14 00 01 80                 #  CTA_TUPLE_IP, nested
              08 00 01 00  0a 00 00 01   #   CTA_IP_V4_SRC 10.0.0.1
              08 00 02 00  c0 00 02 01   #   CTA_IP_V4_DST 192.0.2.1
             1c 00 02 80                 #  CTA_TUPLE_PROTO, nested
              05 00 01 00  06 00 00 00   #   CTA_PROTO_NUM TCP
              06 00 02 00  03 e8 00 00   #   CTA_PROTO_SRC_PORT 1000
              06 00 03 00  1f 90 00 00   #   CTA_PROTO_DST_PORT 8080
            34 00 02 80                  # CTA_TUPLE_REPLY, nested
             14 00 01 80
              08 00 01 00  0a 00 00 09   #   CTA_IP_V4_SRC 10.0.0.9
              08 00 02 00  0a 00 00 01   #   CTA_IP_V4_DST 10.0.0.1
             1c 00 02 80
              05 00 01 00  06 00 00 00
              06 00 02 00  00 50 00 00   #   CTA_PROTO_SRC_PORT 80
              06 00 03 00  03 e8 00 00   #   CTA_PROTO_DST_PORT 1000
            08 00 03 00  00 00 01 ae     # CTA_STATUS: SEEN_REPLY ASSURED CONFIRMED DST_NAT SRC_NAT_DONE DST_NAT_DONE
            08 00 07 00  00 00 00 3c     # CTA_TIMEOUT 60 s
            08 00 08 00  00 00 00 07     # CTA_MARK 7
            10 00 04 80                  # CTA_PROTOINFO, nested
             0c 00 01 80                 #  CTA_PROTOINFO_TCP, nested
              05 00 01 00  03 00 00 00   #   CTA_PROTOINFO_TCP_STATE ESTABLISHED
            08 00 0c 00  93 f7 57 56     # CTA_ID
            06 00 12 00  00 02 00 00     # CTA_ZONE 2
            """);

    @Test
    void aConnectionInBytes() {
        ConntrackMessage read = read(TRANSLATED);
        assertThat(read.header().body(read.attributes())).isEqualTo(TRANSLATED);
        Flow original = new Flow(Protocol.TCP, CLIENT, 1000, PUBLISHED, 8080);
        assertThat(read.original()).contains(original);
        assertThat(read.reply()).contains(new Flow(Protocol.TCP, SERVER, 80, CLIENT, 1000));
        assertThat(read.attributes().get(ConntrackMessage.ORIGINAL)).contains(ConntrackMessage.tuple(original, 0));
        assertThat(read.status()).isEqualTo(0x1ae);
        assertThat(read.timeout()).isEqualTo(60);
        assertThat(read.mark()).isEqualTo(7);
        assertThat(read.state()).isEqualTo("ESTABLISHED");
        assertThat(read.id()).isEqualTo(0x93f75756L);
        assertThat(read.zone()).isEqualTo(2);
        assertThat(read.identity().all()).hasSize(3);
    }

    @Test
    void anEchoOfIpv6InBytes() {
        Bytes golden = Hex.bytes("""
                2c 00 01 80                  # CTA_TUPLE_IP, nested
                 14 00 03 00  fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01   # CTA_IP_V6_SRC
                 14 00 04 00  fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02   # CTA_IP_V6_DST

                24 00 02 80                  # CTA_TUPLE_PROTO, nested
                 05 00 01 00  3a 00 00 00    #  CTA_PROTO_NUM ICMPv6
                 06 00 07 00  00 4d 00 00    #  CTA_PROTO_ICMPV6_ID 77
                 05 00 08 00  80 00 00 00    #  CTA_PROTO_ICMPV6_TYPE echo request
                 05 00 09 00  00 00 00 00    #  CTA_PROTO_ICMPV6_CODE
                """);
        Flow echo = Flow.icmp(IpAddress.parse("fd00::1"), 77, IpAddress.parse("fd00::2"));
        assertThat(ConntrackMessage.tuple(echo, 128).encode()).isEqualTo(golden);
        var message = new ConntrackMessage(
                read(TRANSLATED).header(),
                Attributes.of(ConntrackMessage.ORIGINAL.to(Attributes.decode(golden.read()))));
        assertThat(message.original()).contains(echo);
    }

    @Test
    void questionsInBytes() {
        assertThat(ConntrackFilter.toPort(Family.IPV4, Protocol.TCP, 8080).body())
                .isEqualTo(Hex.bytes("""
                02 00 00 00                  # nfgenmsg: AF_INET
                18 00 01 80                  # CTA_TUPLE_ORIG, nested
                 14 00 02 80                 #  CTA_TUPLE_PROTO, nested
                  05 00 01 00  06 00 00 00   #   CTA_PROTO_NUM TCP
                  06 00 03 00  1f 90 00 00   #   CTA_PROTO_DST_PORT 8080
                14 00 19 80                  # CTA_FILTER, nested
                 08 00 01 00  28 00 00 00    #  CTA_FILTER_ORIG_FLAGS: PROTO_NUM, PROTO_DST_PORT
                 08 00 02 00  00 00 00 00    #  CTA_FILTER_REPLY_FLAGS
                """));
        assertThat(ConntrackFilter.answeredBy(SERVER).body()).isEqualTo(Hex.bytes("""
                02 00 00 00                  # nfgenmsg: AF_INET
                10 00 02 80                  # CTA_TUPLE_REPLY, nested
                 0c 00 01 80                 #  CTA_TUPLE_IP, nested
                  08 00 01 00  0a 00 00 09   #   CTA_IP_V4_SRC 10.0.0.9
                14 00 19 80                  # CTA_FILTER, nested
                 08 00 01 00  00 00 00 00    #  CTA_FILTER_ORIG_FLAGS
                 08 00 02 00  01 00 00 00    #  CTA_FILTER_REPLY_FLAGS: IP_SRC
                """));
        assertThat(ConntrackFilter.fromPort(Family.IPV6, Protocol.UDP, 53, Direction.REPLY)
                        .body())
                .isEqualTo(Hex.bytes("""
                0a 00 00 00                  # nfgenmsg: AF_INET6
                18 00 02 80                  # CTA_TUPLE_REPLY, nested
                 14 00 02 80                 #  CTA_TUPLE_PROTO, nested
                  05 00 01 00  11 00 00 00   #   CTA_PROTO_NUM UDP
                  06 00 02 00  00 35 00 00   #   CTA_PROTO_SRC_PORT 53
                14 00 19 80                  # CTA_FILTER, nested
                 08 00 01 00  00 00 00 00    #  CTA_FILTER_ORIG_FLAGS
                 08 00 02 00  18 00 00 00    #  CTA_FILTER_REPLY_FLAGS: PROTO_NUM, PROTO_SRC_PORT
                """));
        assertThat(ConntrackFilter.fromPort(Family.IPV6, Protocol.ICMPV6, 77, Direction.ORIGINAL)
                        .body())
                .isEqualTo(Hex.bytes("""
                0a 00 00 00                  # nfgenmsg: AF_INET6
                18 00 01 80                  # CTA_TUPLE_ORIG, nested
                 14 00 02 80                 #  CTA_TUPLE_PROTO, nested
                  05 00 01 00  3a 00 00 00   #   CTA_PROTO_NUM ICMPv6
                  06 00 07 00  00 4d 00 00   #   CTA_PROTO_ICMPV6_ID 77
                14 00 19 80                  # CTA_FILTER, nested
                 08 00 01 00  08 08 00 00    #  CTA_FILTER_ORIG_FLAGS: PROTO_NUM, PROTO_ICMPV6_ID
                 08 00 02 00  00 00 00 00    #  CTA_FILTER_REPLY_FLAGS
                """));
    }

    @Test
    void arbitraryBytesAreReadOrRefused() {
        Hex.damage(TRANSLATED, some -> {
            ConntrackMessage read = read(some);
            assertThat(read(read.header().body(read.attributes()))).isEqualTo(read);
            read.original();
            read.reply();
            read.state();
            read.identity();
            assertThat(read.timeout()).isNotNegative();
            assertThat(read.id()).isNotNegative();
            assertThat(read.zone() | read.mark() | read.status()).isNotNull();
        });
        Bytes counted = Hex.bytes("""
                00 00 00 00
                08 00 02 00  00 00 00 05     # CTA_STATS_FOUND
                08 00 0f 00  00 00 00 01     # CTA_STATS_CHAIN_TOOLONG
                """);
        Hex.damage(counted, some -> {
            List<NetlinkMessage> messages = List.of(message(some));
            ConntrackStatistics.read(messages);
            ConntrackStatistics.entries(messages);
            ConntrackStatistics.maximum(messages);
        });
        assertThatThrownBy(() -> read(Hex.bytes("02 00 00"))).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    @KernelTest
    void connectionsThatConntrackMadeAreFoundByWhatIsAskedFor() {
        try (var network = new TestNetwork().namespace("a");
                var a = NetworkNamespace.open(Path.of("/run/netns/a"));
                var socket = ConntrackSocket.open(a)) {
            for (String connection : List.of(
                    "-p tcp -s 10.0.0.1 -d 192.0.2.1 --sport 1000 --dport 8080 -r 10.0.0.9 -q 10.0.0.1"
                            + " --reply-port-src 80 --reply-port-dst 1000 --state ESTABLISHED -u SEEN_REPLY,ASSURED",
                    "-p tcp -s 10.0.0.1 -d 192.0.2.1 --sport 1001 --dport 8081 --state SYN_SENT",
                    "-p udp -s 10.0.0.1 -d 10.0.0.9 --sport 1000 --dport 8080",
                    "-p udp -s fd00::1 -d fd00::2 --sport 1000 --dport 8080",
                    "-p icmp -s 10.0.0.2 -d 10.0.0.1 --icmp-type 8 --icmp-code 0 --icmp-id 77")) {
                network.in("a", ("conntrack -I -t 600 " + connection + " --mark 7").split(" "));
            }
            assertThat(flows(socket.all())).hasSize(5);
            assertThat(flows(socket.all(Family.IPV6))).containsExactlyElementsOf(listed(network, "-f ipv6"));
            assertThat(flows(socket.to(Family.IPV4, Protocol.TCP, 8080)))
                    .containsExactlyElementsOf(listed(network, "-p tcp --dport 8080"))
                    .hasSize(1);
            assertThat(flows(socket.to(Family.IPV6, Protocol.UDP, 8080))).hasSize(1);
            assertThat(flows(socket.answeredBy(SERVER)))
                    .containsExactlyElementsOf(listed(network, "-r 10.0.0.9"))
                    .hasSize(2);
            assertThat(flows(socket.from(Family.IPV4, Protocol.TCP, 1000))).hasSize(1);
            assertThat(flows(socket.from(Family.IPV4, Protocol.TCP, 80))).hasSize(1); // whose replies come from there
            assertThat(flows(socket.from(Family.IPV4, Protocol.UDP, 8080))).hasSize(1);
            assertThat(flows(socket.from(Family.IPV6, Protocol.UDP, 1000))).hasSize(1);
            assertThat(flows(socket.from(Family.IPV4, Protocol.TCP, 9))).isEmpty();
            assertThat(flows(socket.from(Family.IPV4, Protocol.ICMP, 77))).hasSize(1);
            assertThat(flows(socket.from(Family.IPV4, Protocol.ICMP, 78))).isEmpty();

            ConntrackMessage translated = messages(socket.to(Family.IPV4, Protocol.TCP, 8080))
                    .findFirst()
                    .orElseThrow();
            assertThat(translated.reply()).contains(new Flow(Protocol.TCP, SERVER, 80, CLIENT, 1000));
            assertThat(translated.state()).isEqualTo("ESTABLISHED");
            assertThat(translated.mark()).isEqualTo(7);
            assertThat(translated.timeout()).isBetween(1L, 600L);
            assertThat(socket.delete(translated)).isTrue();
            assertThat(socket.delete(translated)).isFalse();
            assertThat(listed(network, "-p tcp --dport 8080")).isEmpty();
            Flow echo = Flow.icmp(IpAddress.parse("10.0.0.2"), 77, CLIENT);
            assertThat(socket.delete(echo)).isTrue();
            assertThat(listed(network, "-p icmp")).isEmpty();
            assertThat(flows(socket.all())).hasSize(3);
        }
    }

    private static final Flow CALL = new Flow(Protocol.TCP, CLIENT, 1000, PUBLISHED, 8080);

    @Test
    void aNewConnectionInBytes() {
        NewConnection translated = NewConnection.of(CALL, 60)
                .answeredAs(new Flow(Protocol.TCP, SERVER, 80, CLIENT, 1000))
                .inState(NewConnection.SYN_SENT)
                .withStatus(NewConnection.FIXED_TIMEOUT)
                .withMark(7);
        assertThat(translated.body()).isEqualTo(Hex.bytes("""
                02 00 00 00                  # nfgenmsg: AF_INET
                34 00 01 80                  # CTA_TUPLE_ORIG, nested
                 14 00 01 80                 #  CTA_TUPLE_IP, nested
                  08 00 01 00  0a 00 00 01   #   CTA_IP_V4_SRC 10.0.0.1
                  08 00 02 00  c0 00 02 01   #   CTA_IP_V4_DST 192.0.2.1
                 1c 00 02 80                 #  CTA_TUPLE_PROTO, nested
                  05 00 01 00  06 00 00 00   #   CTA_PROTO_NUM TCP
                  06 00 02 00  03 e8 00 00   #   CTA_PROTO_SRC_PORT 1000
                  06 00 03 00  1f 90 00 00   #   CTA_PROTO_DST_PORT 8080
                34 00 02 80                  # CTA_TUPLE_REPLY, nested: not translated
                 14 00 01 80
                  08 00 01 00  c0 00 02 01   #   CTA_IP_V4_SRC 192.0.2.1
                  08 00 02 00  0a 00 00 01   #   CTA_IP_V4_DST 10.0.0.1
                 1c 00 02 80
                  05 00 01 00  06 00 00 00
                  06 00 02 00  1f 90 00 00   #   CTA_PROTO_SRC_PORT 8080
                  06 00 03 00  03 e8 00 00   #   CTA_PROTO_DST_PORT 1000
                08 00 03 00  00 00 04 08     # CTA_STATUS: CONFIRMED FIXED_TIMEOUT
                08 00 07 00  00 00 00 3c     # CTA_TIMEOUT 60 s
                08 00 08 00  00 00 00 07     # CTA_MARK 7
                10 00 04 80                  # CTA_PROTOINFO, nested
                 0c 00 01 80                 #  CTA_PROTOINFO_TCP, nested
                  05 00 01 00  01 00 00 00   #   CTA_PROTOINFO_TCP_STATE SYN_SENT
                28 00 0d 80                  # CTA_NAT_DST, nested
                 08 00 01 00  0a 00 00 09    #  CTA_NAT_V4_MINIP 10.0.0.9
                 08 00 02 00  0a 00 00 09    #  CTA_NAT_V4_MAXIP
                 14 00 03 80                 #  CTA_NAT_PROTO, nested
                  06 00 01 00  00 50 00 00   #   CTA_PROTONAT_PORT_MIN 80
                  06 00 02 00  00 50 00 00   #   CTA_PROTONAT_PORT_MAX
                """));
        Flow echo = Flow.icmp(IpAddress.parse("fd00::1"), 77, IpAddress.parse("fd00::2"));
        Attributes read = read(NewConnection.of(echo, 1).body()).attributes();
        assertThat(read.get(ConntrackMessage.REPLY)).contains(ConntrackMessage.tuple(echo.reversed(), 129));
        assertThatThrownBy(() -> NewConnection.of(CALL, 1).answeredAs(CALL))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @KernelTest
    void conntrackShowsConnectionsThatWereMade() {
        try (var network = new TestNetwork().namespace("a");
                var a = NetworkNamespace.open(Path.of("/run/netns/a"));
                var socket = ConntrackSocket.open(a)) {
            Flow six = new Flow(Protocol.TCP, IpAddress.parse("fd00::1"), 5, IpAddress.parse("fd00::2"), 6);
            socket.create(NewConnection.of(CALL, 600)
                    .answeredAs(new Flow(Protocol.TCP, SERVER, 80, CLIENT, 1000))
                    .inState(NewConnection.SYN_SENT)
                    .withStatus(NewConnection.FIXED_TIMEOUT));
            socket.create(NewConnection.of(six, 600)
                    .answeredAs(new Flow(Protocol.TCP, IpAddress.parse("fd00::9"), 80, six.source(), 5)));
            assertThat(network.in("a", "conntrack", "-L"))
                    .contains("SYN_SENT src=10.0.0.1 dst=192.0.2.1 sport=1000 dport=8080")
                    .contains("src=10.0.0.9 dst=10.0.0.1 sport=80 dport=1000");
            assertThat(network.in("a", "conntrack", "-L", "-f", "ipv6"))
                    .contains("src=fd00::9 dst=fd00::1 sport=80 dport=5");
            assertThatThrownBy(() -> socket.create(NewConnection.of(CALL, 600))).hasMessageContaining("EEXIST");
            boolean room = socket.create(
                    "make some",
                    IntStream.range(1, 20)
                            .mapToObj(port -> NewConnection.of(CALL.withSource(CLIENT, port), 600)
                                    .inState(NewConnection.ESTABLISHED)
                                    .withStatus(NewConnection.SEEN_REPLY | NewConnection.ASSURED)
                                    .withMark(port % 2 + 1))
                            .toList());
            assertThat(room).isTrue();
            assertThat(listed(network, "-m 2")).hasSize(10);
            socket.deleteMarked(2);
            assertThat(listed(network, "-m 2")).isEmpty();
            assertThat(listed(network, "-m 1")).hasSize(9);
        }
    }

    /** As {@code conntrack} shows them: protocol, source and destination, sorted. */
    private static List<String> listed(TestNetwork network, String which) {
        return network.in("a", ("conntrack -L -o extended " + which).split(" "))
                .lines()
                .filter(line -> !line.startsWith("conntrack v")) // how many there were
                .map(line -> line.replaceFirst(
                        "^\\S+ +\\d+ +(\\S+) .*?src=(\\S+) dst=(\\S+) (?:sport=(\\d+) dport=(\\d+)|type).*",
                        "$1 $2 $3 $4 $5"))
                .sorted()
                .toList();
    }

    private static List<String> flows(Dump dump) {
        return messages(dump)
                .flatMap(message -> message.original().stream())
                .map(flow -> flow.protocol().toString().toLowerCase(Locale.ROOT) + " " + flow.source() + " "
                        + flow.destination() + " " + flow.sourcePort() + " " + flow.destinationPort())
                .distinct()
                .sorted()
                .toList();
    }

    private static Stream<ConntrackMessage> messages(Dump dump) {
        return dump.messages().stream().map(ConntrackMessage::decode);
    }

    private static ConntrackMessage read(Bytes body) {
        return ConntrackMessage.decode(message(body));
    }

    private static NetlinkMessage message(Bytes body) {
        return new NetlinkMessage(0x100, 0, 0, 0, body);
    }
}
