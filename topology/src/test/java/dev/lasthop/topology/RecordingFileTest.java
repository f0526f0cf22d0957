package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.topology.RecordingFile.MalformedRecordingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class RecordingFileTest {
    private static final List<Recording> TWO = List.of(
            new Recording(
                    4026531840L,
                    "host",
                    new TreeMap<>(Map.of(
                            "route/links", Bytes.of(new byte[100_000]),
                            "proc/net/snmp", Bytes.of("Ip: A\nIp: 1\n".getBytes(StandardCharsets.UTF_8)))),
                    new TreeMap<>(Map.of(0, 4026532179L)),
                    List.of(new Recording.Gap("nft", "EPERM"))),
            new Recording(4026532179L, "netns:blü", new TreeMap<>(), new TreeMap<>(), List.of()));

    private static byte[] written(List<Recording> recordings) throws IOException {
        var out = new ByteArrayOutputStream();
        RecordingFile.write(recordings, out);
        return out.toByteArray();
    }

    private static List<Recording> read(byte[] bytes) throws IOException {
        return RecordingFile.read(new ByteArrayInputStream(bytes));
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        assertThat(read(written(TWO))).isEqualTo(TWO);
        assertThat(read(written(List.of()))).isEmpty();
        assertThat(written(TWO)).isEqualTo(written(TWO)).hasSizeLessThan(2_000);
    }

    @Test
    void sayWhatIsWrongWithAFile() throws IOException {
        byte[] good = written(TWO);
        String wrongVersion = new String(good, StandardCharsets.ISO_8859_1).replaceFirst(" 1 ", " 9 ");
        assertThatThrownBy(() -> read(wrongVersion.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(MalformedRecordingException.class)
                .hasMessageContaining("has format 9");
        String otherOrder = new String(good, StandardCharsets.ISO_8859_1)
                .replaceFirst(ByteOrder.nativeOrder().toString(), "MIDDLE_ENDIAN");
        assertThatThrownBy(() -> read(otherOrder.getBytes(StandardCharsets.ISO_8859_1)))
                .hasMessageContaining("from a MIDDLE_ENDIAN machine");
        assertThatThrownBy(() -> read("<html>".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("not a recording");
        assertThatThrownBy(() -> read(Arrays.copyOf(good, good.length - 40))).hasMessageContaining("cut short");
    }

    @Test
    void aFileThatPromisesMuchIsNotBelieved() throws IOException {
        var out = new ByteArrayOutputStream();
        out.writeBytes(
                "lasthop-recording 1 %s\n".formatted(ByteOrder.nativeOrder()).getBytes(StandardCharsets.US_ASCII));
        try (var data = new DataOutputStream(new GZIPOutputStream(out))) {
            data.writeInt(1);
            data.writeLong(1);
            data.writeInt(Integer.MAX_VALUE); // the length of its name
        }
        assertThatThrownBy(() -> read(out.toByteArray()))
                .isInstanceOf(MalformedRecordingException.class)
                .hasMessageContaining("2147483647 bytes");
    }

    @Test
    void anyBytesAreReadOrRefused() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        byte[] good = written(TWO);
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                read(bytes);
            } catch (IOException expected) {
                assertThat(expected).as("seed %d round %d", seed, i).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void aDamagedSourceIsMalformedAndNothingElse() {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            var sources = new TreeMap<String, Bytes>();
            for (String name : List.of(
                    "route/links",
                    "route/addresses",
                    "route/routes-ipv4",
                    "route/routes-ipv6",
                    "route/rules-ipv4",
                    "route/neighbors",
                    "route/fdb",
                    "route/next-hops",
                    "proc/sys",
                    "proc/net/snmp",
                    "proc/net/snmp6")) {
                byte[] noise = new byte[random.nextInt(80)];
                random.nextBytes(noise);
                if (noise.length >= 16
                        && random.nextInt(4) > 0) { // a message's header that is right, so that its body is looked at
                    var out = java.nio.ByteBuffer.wrap(noise).order(ByteOrder.nativeOrder());
                    out.putInt(noise.length)
                            .putShort((short) (16 + 4 * random.nextInt(6)))
                            .putShort((short) 0);
                }
                sources.put(name, Bytes.of(noise));
            }
            try {
                NamespaceState.decode(new Recording(1, "x", sources, new TreeMap<>(), List.of()));
            } catch (MalformedMessageException expected) {
                assertThat(expected).as("seed %d round %d", seed, i).hasMessageMatching("(?s).+");
            }
        }
    }
}
