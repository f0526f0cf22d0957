package dev.lasthop.cli.faults;

import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Faults;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.LabNetwork;
import dev.lasthop.lab.Labs;
import dev.lasthop.lab.Question;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Wait;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The faults of {@link FaultsOnTheKernelTest} once more, each by one way of making it, at the lower levels of observation: the same answer. */
@KernelTest
@Execution(ExecutionMode.CONCURRENT)
class FaultsAtEachLevelTest {
    /** One of each kind of evidence; the environment's {@code LASTHOP_FAULTS} names others, or {@code all}. */
    private static final String SAMPLE =
            "no-interface,peer-down,duplicate-ip,stale-neighbor,macvlan-parent,no-default-route,"
                    + "ipv6-forward-disabled,blackhole-route,return-route-hijacked,rp-filter,no-return-path,forward-policy-drop,"
                    + "output-drop,firewall-reject,masquerade-missing,publish-stale,pmtu-blackhole,no-listener";

    private static final String WANTED =
            Optional.ofNullable(System.getenv("LASTHOP_FAULTS")).orElse(SAMPLE);

    /** Told by the kernel's drop alone, which only the highest level can tell from others' drops: below it, the answer is that it is not known. */
    private static final Set<String> BY_DROPS_ALONE = Set.of("qdisc-drop");

    @TempDir
    static Path state;

    record Case(int number, Fault fault, Injection injection) {
        @Override
        public String toString() {
            return fault.id();
        }
    }

    static Stream<Case> cases() {
        List<Fault> faults = Faults.all();
        return IntStream.range(0, faults.size())
                .boxed()
                .flatMap(i -> faults.get(i).injections().stream()
                        .limit(
                                WANTED.equals("all")
                                                || List.of(WANTED.split(","))
                                                        .contains(faults.get(i).id())
                                        ? 1
                                        : 0)
                        .map(injection -> new Case(i, faults.get(i), injection)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void sameAnswer(Case tried) throws IOException {
        Possible.assume(tried.fault());
        LabNetwork network = LabNetwork.find(tried.injection().network()).orElseThrow();
        try (Lab lab = Labs.in(state).borrow(network, "o" + tried.number())) {
            Question question = Question.of(lab.scene(), tried.injection());
            try (var service = new Service(lab, question)) {
                service.open("");
                var judge = new Judge(question);
                boolean inherent = question.port().isEmpty()
                        && tried.injection().steps().apply(lab.scene()).isEmpty();
                if (!inherent) {
                    Wait.until("it works before it is broken", judge::works);
                    lab.inject(tried.fault().id(), tried.injection().steps().apply(lab.scene()));
                    service.open(tried.fault().id());
                }
                Wait.until("it is broken", () -> !judge.works());
                var all = new SoftAssertions();
                for (String level : List.of("perf", "taps")) {
                    Answer answer = Answer.of(question, List.of("--observe", level));
                    all.assertThat(level + " " + answer.document().string("verdict") + " " + answer.cause())
                            .as(answer.text())
                            .isEqualTo(answer.document().string("observation") + " "
                                    + tried.injection().verdict() + " "
                                    + (BY_DROPS_ALONE.contains(tried.fault().id())
                                            ? "none"
                                            : tried.fault().id()));
                }
                all.assertAll();
            }
        }
    }
}
