package dev.lasthop.investigation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.diagnosis.Report;
import dev.lasthop.json.Json;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that {@link ObservationLevelsTest} recorded from broken networks, examined without rights and without a kernel. */
class ReplayTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "healthy-bpf, healthy, none",
        "forwarding-bpf, dropped, ip-forward-disabled",
        "forwarding-taps, dropped, ip-forward-disabled",
        "route-bpf, not-sent, no-default-route"
    })
    void givesTheSameAnswer(String name, String verdict, String cause) throws IOException {
        Report report = DossierFile.replay(file(kept(name))).report();
        assertThat(report.verdict().toString()).isEqualTo(verdict);
        assertThat(report.cause().map(finding -> finding.fault().id()).orElse("none"))
                .isEqualTo(cause);
    }

    @Test
    void survivesTheRoundTrip() throws IOException {
        Investigator.Result once = DossierFile.decode(kept("forwarding-bpf"));
        Investigator.Result twice = DossierFile.decode(DossierFile.encode(once));
        assertThat(twice.dossier().observation()).isEqualTo(once.dossier().observation());
        assertThat(twice.dossier().asked()).isEqualTo(once.dossier().asked());
        assertThat(twice.dossier().prediction()).isEqualTo(once.dossier().prediction());
        assertThat(twice.dossier().experiments()).isEqualTo(once.dossier().experiments());
        assertThat(twice.before()).isEqualTo(once.before());
        assertThat(twice.after()).isEqualTo(once.after());
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        refuses("nonsense".getBytes(StandardCharsets.UTF_8), "not gzip'd");
        refuses(new byte[0], "cut short");
        byte[] kept = kept("forwarding-bpf");
        refuses(java.util.Arrays.copyOf(kept, kept.length / 2), "cut short");
        refuses(zipped("[]"), "object");
        refuses(zipped("{}"), "no dossier");
        refuses(zipped("{\"schema\": \"lasthop.dossier/2\"}"), "use the version that wrote it");
        refuses(zipped(unzipped(kept).replaceFirst("\"outcome\":\"[A-Z_]+\"", "\"outcome\":\"EATEN\"")), "probes[0]");
        refuses(zipped(unzipped(kept).replaceFirst("\"before\":\"", "\"before\":\"!")), "\"before\"");
        assertThatThrownBy(() -> DossierFile.replay(folder.resolve("absent")))
                .isInstanceOf(DossierException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> DossierFile.replay(folder)).isInstanceOf(DossierException.class);
    }

    @Test
    void doesNotUnfoldWithoutEnd() throws IOException {
        var bomb = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
                out.write(zeros);
            }
        }
        refuses(bomb.toByteArray(), "MiB");
    }

    @Test
    void doesNotSaveWhereItCannot() throws IOException {
        Investigator.Result result = DossierFile.decode(kept("forwarding-bpf"));
        assertThatThrownBy(() -> DossierFile.save(result, folder))
                .isInstanceOf(DossierException.class)
                .hasMessageContaining("a folder of this name");
        assertThatThrownBy(() -> DossierFile.save(result, folder.resolve("a/b")))
                .isInstanceOf(DossierException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> DossierFile.save(result, Path.of("/proc/dossier")))
                .isInstanceOf(DossierException.class);
        assertThat(folder).isEmptyDirectory();
    }

    /** Damage inside the document, which gzip's own checksum would hide: a report or a clear error, and nothing else. */
    @Test
    void damageIsNamed() throws IOException {
        byte[] text = unzipped(kept("forwarding-bpf")).getBytes(StandardCharsets.UTF_8);
        var random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = text.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) (' ' + random.nextInt(95));
            }
            Path file = file(zipped(new String(damaged, StandardCharsets.UTF_8)));
            try {
                DossierFile.replay(file);
            } catch (DossierException e) {
                assertThat(e.getMessage()).contains(file.toString());
            }
        }
    }

    @Test
    void isJson() throws IOException {
        JsonObject json = Json.readObject(unzipped(kept("route-bpf")).getBytes(StandardCharsets.UTF_8), Limits.DEFAULT);
        assertThat(json.string("schema")).isEqualTo("lasthop.dossier/1");
    }

    private void refuses(byte[] content, String why) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> DossierFile.replay(file))
                .isInstanceOf(DossierException.class)
                .hasMessageContaining(why)
                .hasMessageContaining(file.toString());
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("file.dossier"), content);
    }

    private static byte[] kept(String name) throws IOException {
        try (InputStream in = ReplayTest.class.getResourceAsStream("/dossiers/" + name + ".dossier")) {
            return java.util.Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    private static String unzipped(byte[] bytes) throws IOException {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] zipped(String text) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
