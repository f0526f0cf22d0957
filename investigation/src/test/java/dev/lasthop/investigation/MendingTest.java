package dev.lasthop.investigation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Fixing;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.tracing.Level;
import dev.lasthop.wiring.step.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@KernelTest
class MendingTest {
    @Test
    void mendsWhatTheFirstObstacleHid() {
        try (var lecture = new LectureNetwork()) {
            lecture.network().sysctl("router", "net.ipv4.ip_forward", "0");
            lecture.network().ip("far", "link set eth0 down"); // takes the route back with it

            List<Report> reports = new ArrayList<>();
            Optional<Fixing> fixing = mend(lecture, LectureNetwork.FAR, reports);

            assertThat(fixing).get().matches(Fixing::fixed);
            assertThat(causes(reports)).startsWith("ip-forward-disabled").hasSizeBetween(2, 3);
            assertThat(lecture.network().ping("box", LectureNetwork.FAR)).isTrue();
        }
    }

    @Test
    void saysWhatIsInTheWayWhereItCannotGoOn() {
        try (var lecture = new LectureNetwork()) {
            lecture.network().sysctl("router", "net.ipv4.ip_forward", "0");
            List<Report> reports = new ArrayList<>();

            Optional<Fixing> fixing = mend(lecture, "192.0.2.77", reports); // nobody has it

            assertThat(fixing).get().matches(done -> !done.fixed());
            assertThat(fixing.orElseThrow().changes()).isNotEmpty();
            assertThat(fixing.orElseThrow().next().map(next -> next.fault().id()))
                    .contains("neighbor-unreachable");
        }
    }

    private static Optional<Fixing> mend(LectureNetwork lecture, String address, List<Report> reports) {
        Report first = lecture.ping(address, Level.BPF).report();
        reports.add(first);
        try (Places places = Places.here()) {
            return new Mending(places, () -> again(lecture, address, reports), remedy -> true).mend(first);
        }
    }

    private static Report again(LectureNetwork lecture, String address, List<Report> reports) {
        reports.add(lecture.ping(address, Level.BPF).report());
        return reports.getLast();
    }

    private static List<String> causes(List<Report> reports) {
        return reports.stream()
                .flatMap(report -> report.cause().map(Finding::fault).stream())
                .map(fault -> fault.id())
                .distinct() // each is looked at again until it has settled
                .toList();
    }
}
