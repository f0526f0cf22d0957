package dev.lasthop.investigation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.NameFailure;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import dev.lasthop.tracing.Level;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@KernelTest
class HostNamesTest {
    private static final ResolverFiles FAR =
            ResolverFiles.parse("/etc/netns/box/resolv.conf", "nameserver 192.0.2.2", "");

    /** Answers every A question with 192.0.2.80 and every other with nothing; over UDP only that the answer is too long, if told so. */
    private static final class Server implements AutoCloseable {
        private final DatagramChannel datagrams;
        private final ServerSocketChannel streams;

        Server(NetworkNamespace namespace, boolean onlyTcp) {
            datagrams = namespace.call(() -> DatagramChannel.open().bind(new InetSocketAddress("0.0.0.0", 53)));
            streams = namespace.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress("0.0.0.0", 53)));
            Thread.ofPlatform().daemon().start(() -> serveDatagrams(onlyTcp));
            Thread.ofPlatform().daemon().start(this::serveStreams);
        }

        private void serveDatagrams(boolean onlyTcp) {
            try {
                while (true) {
                    ByteBuffer in = ByteBuffer.allocate(512);
                    var from = datagrams.receive(in);
                    byte[] answer = answer(in.flip());
                    if (onlyTcp) {
                        answer[2] |= 2; // TC
                    }
                    datagrams.send(ByteBuffer.wrap(answer), from);
                }
            } catch (IOException e) {
                // closed: the test is over
            }
        }

        private void serveStreams() {
            try {
                while (true) {
                    try (SocketChannel one = streams.accept()) {
                        ByteBuffer in = ByteBuffer.allocate(512);
                        one.read(in);
                        byte[] answer = answer(in.flip().position(2).slice());
                        one.write(ByteBuffer.allocate(answer.length + 2)
                                .putShort((short) answer.length)
                                .put(answer)
                                .flip());
                    }
                }
            } catch (IOException e) {
                // closed: the test is over
            }
        }

        private static byte[] answer(ByteBuffer question) {
            byte[] asked = new byte[question.remaining()];
            question.get(asked);
            boolean four = asked[asked.length - 3] == 1;
            byte[] record = HexFormat.of().parseHex(four ? "c00c000100010000003c0004c0000250" : "");
            byte[] answer = ByteBuffer.allocate(asked.length + record.length)
                    .put(asked)
                    .put(record)
                    .array();
            answer[2] = (byte) 0x81;
            answer[7] = (byte) (four ? 1 : 0);
            return answer;
        }

        @Override
        public void close() {
            try {
                datagrams.close();
                streams.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static NetworkNamespace open(String name) {
        return NetworkNamespace.open(Path.of("/run/netns/" + name));
    }

    private static HostNames.Outcome resolve(NetworkNamespace box, ResolverFiles files) {
        return HostNames.resolve("netns:box", files, box, "web.example", Optional.empty());
    }

    private static Report diagnose(NetworkNamespace box, HostNames.Outcome outcome) {
        NameFailure failure = ((HostNames.Outcome.Failed) outcome).failure();
        assertThat(failure.isUnheard()).as("%s", failure).isTrue();
        var investigator = new Investigator(Namespaces.find(), Recorder.full());
        return NameDiagnosis.examine(investigator, box, "web.example", Protocol.ICMP, failure, Level.BPF);
    }

    @Test
    void asksFromTheNamespace() {
        try (var _ = new LectureNetwork();
                NetworkNamespace box = open("box");
                NetworkNamespace far = open("far")) {
            var found = new HostNames.Outcome.Resolved(java.util.List.of(IpAddress.parse("192.0.2.80")));
            try (var _ = new Server(far, false)) {
                assertThat(resolve(box, FAR)).isEqualTo(found);
            }
            try (var _ = new Server(far, true)) {
                assertThat(resolve(box, FAR)).isEqualTo(found);
            }
        }
    }

    @Test
    void namesWhatKeepsItFromTheServer() {
        try (var lecture = new LectureNetwork();
                NetworkNamespace box = open("box")) {
            lecture.network().sysctl("router", "net.ipv4.ip_forward", "0");
            Report report = diagnose(box, resolve(box, FAR));
            assertThat(report.verdict().toString()).isEqualTo("not-sent");
            assertThat(report.cause().orElseThrow().fault().id()).isEqualTo("dns-unreachable");
            assertThat(report.cause().orElseThrow().evidence().toString()).contains("ip-forward-disabled");
            assertThat(report.cause().orElseThrow().remedies().getFirst().isApplicable())
                    .isTrue();
        }
    }

    @Test
    void namesTheStubThatIsNotThere() {
        try (var _ = new LectureNetwork();
                NetworkNamespace box = open("box")) {
            var files = ResolverFiles.parse("/etc/resolv.conf", "nameserver 127.0.0.53", "");
            Report report = diagnose(box, resolve(box, files));
            assertThat(report.cause().orElseThrow().fault().id()).isEqualTo("dns-loopback-resolver");
        }
    }

    @Test
    void aServerThatAnswersCanBeReached() {
        try (var _ = new LectureNetwork();
                NetworkNamespace box = open("box");
                NetworkNamespace far = open("far");
                var _ = new Server(far, false)) {
            var outcome = HostNames.resolve(
                    "netns:box", FAR, box, "web.example", Optional.of(dev.lasthop.address.Family.IPV6));
            assertThat(((HostNames.Outcome.Failed) outcome).failure().isUnheard())
                    .isFalse();
        }
    }
}
