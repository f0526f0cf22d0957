package dev.lasthop.investigation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.path.Direction;
import dev.lasthop.topology.Recording;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.tracing.Drop;
import dev.lasthop.tracing.Observation;
import dev.lasthop.tracing.ProbeResult;
import dev.lasthop.tracing.Sighting;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A full table of connections, with the signs that the kernel does not give at will: some packets that still pass, or one sign without
 * the other. (The whole of it is injected like any other fault.) It is made of a real recording, of a ping that passes the lecture's
 * network: probes are taken away from where the router's connection tracking would have dropped them, and the router's counters are changed
 * in the kernel's bytes. What is examined has gone through a dossier file.
 */
class ConntrackFullReplayTest {
    private static final String ROUTER = "netns:router";

    @Test
    void someOfThePacketsAreLost() throws IOException {
        Report report = replay(1, full -> dropped(full(full), 2));
        assertThat(report.verdict()).hasToString("degraded");
        Finding cause = report.cause().orElseThrow();
        assertThat(cause.fault().id()).isEqualTo("conntrack-full");
        assertThat(cause.fault().isIntermittent()).isTrue();
        assertThat(cause.evidence())
                .extracting("text")
                .contains("262144 of 262144 entries", "2 packets dropped meanwhile");
        assertThat(cause.remedies())
                .singleElement()
                .satisfies(remedy -> assertThat(remedy.commands())
                        .containsExactly("sysctl -w net.netfilter.nf_conntrack_max=524288"));
    }

    @Test
    void allOfThemAreLost() throws IOException {
        Report report = replay(0, full -> dropped(full(full), 3));
        assertThat(report.verdict()).hasToString("dropped");
        assertThat(ids(report)).startsWith("conntrack-full");
        assertThat(report.lastHop()).hasToString("Optional[netns:router br7 in]");
    }

    /** One sign without the other: another counter, nearly full, full without a loss, a loss without being full. */
    @Test
    void whatOnlyLooksLikeIt() throws IOException {
        assertThat(ids(replay(1, router -> new ConntrackCounts(router).insertFailed(2))))
                .startsWith("conntrack-insert-failed")
                .doesNotContain("conntrack-full");
        assertThat(ids(replay(1, router -> new ConntrackCounts(router).entriesBelowMaximum(1))))
                .doesNotContain("conntrack-full");
        assertThat(ids(replay(1, ConntrackFullReplayTest::full))).doesNotContain("conntrack-full");
        assertThat(ids(replay(1, router -> dropped(router, 2)))).doesNotContain("conntrack-full");
    }

    /** Drops of before the probes: they grew by nothing meanwhile. */
    @Test
    void oldDropsAreNoEvidence() throws IOException {
        UnaryOperator<Recording> router = recording -> dropped(full(recording), 7);
        assertThat(ids(replay(1, router, router))).doesNotContain("conntrack-full");
    }

    private static Recording full(Recording router) {
        return new ConntrackCounts(router).entriesBelowMaximum(0);
    }

    private static Recording dropped(Recording router, int packets) {
        return new ConntrackCounts(router).dropped(packets);
    }

    private static List<String> ids(Report report) {
        return Stream.concat(report.cause().stream(), report.alternatives().stream())
                .map(finding -> finding.fault().id())
                .toList();
    }

    private static Report replay(int passing, UnaryOperator<Recording> after) throws IOException {
        return replay(passing, UnaryOperator.identity(), after);
    }

    /** @param passing how many probes, the first, still pass */
    private static Report replay(int passing, UnaryOperator<Recording> before, UnaryOperator<Recording> after)
            throws IOException {
        Investigator.Result healthy = DossierFile.decode(kept());
        List<Recording> first = router(healthy.before(), before);
        List<Recording> second = router(healthy.before(), after);
        Dossier dossier = healthy.dossier();
        long router = first.stream()
                .filter(recording -> recording.name().equals(ROUTER))
                .findFirst()
                .orElseThrow()
                .inode();
        var changed = new Dossier(
                dossier.asked(),
                Snapshot.decode(first),
                Snapshot.decode(second),
                dossier.prediction(),
                lossy(
                        dossier.observation(),
                        router,
                        dossier.prediction().question().source(),
                        passing),
                dossier.hops(),
                dossier.stop(),
                dossier.experiments(),
                dossier.declared());
        byte[] file = DossierFile.encode(new Investigator.Result(healthy.report(), changed, first, second));
        return DossierFile.decode(file).report();
    }

    private static List<Recording> router(List<Recording> recordings, UnaryOperator<Recording> change) {
        return recordings.stream()
                .map(recording -> recording.name().equals(ROUTER) ? change.apply(recording) : recording)
                .toList();
    }

    /** Of all probes but the first ones nothing is left behind the router's way in, but the drop that a filter hook's verdict gives. */
    private static Observation lossy(Observation seen, long router, long source, int passing) {
        List<Sighting> sightings = seen.sightings().stream()
                .filter(sighting -> sighting.probe() < passing
                        || sighting.kind() == Sighting.Kind.REQUEST
                                && (sighting.namespace() == source
                                        || sighting.namespace() == router && sighting.direction() == Direction.IN))
                .toList();
        var drops = new ArrayList<>(
                seen.drops().stream().filter(drop -> drop.probe() < passing).toList());
        sightings.stream()
                .filter(sighting -> sighting.probe() >= passing && sighting.namespace() == router)
                .map(ConntrackFullReplayTest::drop)
                .forEach(drops::add);
        return new Observation(
                seen.level(),
                seen.levelReason(),
                seen.probes().stream()
                        .map(probe -> probe.number() < passing
                                ? probe
                                : new ProbeResult(probe.number(), ProbeResult.Outcome.SILENT, "", "", 0))
                        .toList(),
                sightings,
                drops,
                seen.lookupFailures(),
                seen.ruleTraces(),
                seen.lost(),
                seen.elapsedMillis());
    }

    private static Drop drop(Sighting last) {
        return new Drop(
                last.nanos(),
                last.namespace(),
                last.link(),
                "NETFILTER_DROP",
                "nf_hook_slow",
                List.of(),
                last.kind(),
                last.flow(),
                last.probe());
    }

    private static byte[] kept() throws IOException {
        try (InputStream in = ConntrackFullReplayTest.class.getResourceAsStream("/dossiers/healthy-bpf.dossier")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }
}
