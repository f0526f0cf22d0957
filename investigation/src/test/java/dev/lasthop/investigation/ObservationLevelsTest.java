package dev.lasthop.investigation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lasthop.diagnosis.Faults;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.diagnosis.ReportJson;
import dev.lasthop.json.Json;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.tracing.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The same broken networks at each level of observation: less evidence, the same answer; and the same once more from the file. */
@KernelTest
class ObservationLevelsTest {
    /** Where to keep the files that {@link ReplayTest} reads; set by hand when they are to be made anew. */
    private static final Optional<Path> KEPT =
            Optional.ofNullable(System.getenv("LASTHOP_KEEP_DOSSIERS")).map(Path::of);

    @TempDir
    Path folder;

    /** What breaks it, and what must be found: the verdict and the cause's id ("" for none). */
    private record Case(String name, String verdict, String cause, List<String> command) {
        static Case of(String name, String verdict, String cause, String... command) {
            return new Case(name, verdict, cause, Arrays.asList(command));
        }
    }

    private static List<Case> cases() {
        return List.of(
                Case.of("healthy", "healthy", "", "true"),
                Case.of("forwarding", "dropped", "ip-forward-disabled", "sysctl", "-qw", "net.ipv4.ip_forward=0"),
                Case.of(
                        "policy",
                        "dropped",
                        "forward-policy-drop",
                        "nft",
                        "add table ip guard; add chain ip guard f { type filter hook forward priority 0; policy drop; }"),
                Case.of("route", "not-sent", "no-default-route", "ip", "-n", "box", "route", "del", "default"));
    }

    @TestFactory
    Stream<DynamicTest> sameAnswerAtEachLevel() {
        return cases().stream()
                .flatMap(broken -> Arrays.stream(Level.values())
                        .map(level ->
                                DynamicTest.dynamicTest(broken.name() + " by " + level, () -> check(broken, level))));
    }

    private void check(Case broken, Level level) throws IOException {
        assumeTrue(
                broken.cause().isEmpty() || Faults.find(broken.cause()).isPresent(),
                () -> broken.cause() + " is not in the catalogue yet");
        try (var lecture = new LectureNetwork()) {
            lecture.network().in("router", broken.command().toArray(String[]::new));
            Investigator.Result live = lecture.ping(LectureNetwork.FAR, level);
            Report report = live.report();
            String text = Json.pretty(ReportJson.write(report, Optional.empty()));
            assertThat(report.verdict().toString())
                    .as("%s %s", live.dossier().observation(), text)
                    .isEqualTo(broken.verdict());
            assertThat(report.cause()
                            .map(Finding::fault)
                            .map(fault -> fault.id())
                            .orElse(""))
                    .as(text)
                    .isEqualTo(broken.cause());
            assertThat(report.level()).as(text).isEqualTo(level.toString());
            Path file = KEPT.orElse(folder).resolve(broken.name() + "-" + level + ".dossier");
            DossierFile.save(live, file);
            assertThat(Json.pretty(ReportJson.write(DossierFile.replay(file).report(), Optional.empty())))
                    .isEqualTo(text);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }
}
