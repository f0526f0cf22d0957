package dev.lasthop.cli.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Faults;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.LabNetwork;
import dev.lasthop.lab.LabScene;
import dev.lasthop.lab.Labs;
import dev.lasthop.lab.Question;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault of the catalogue that the lab can make, on the real kernel, from the whole network to the whole network: somebody else's
 * {@code ping} and {@code nc} say that it works, that it is broken, and that it works again; between that {@code lasthop diagnose --fix}
 * has to name the verdict, the direction, the last hop and the cause, and to mend it.
 *
 * <p>Each fault is made in the first network that it names, in all the ways that it names there. The environment's {@code LASTHOP_FAULTS}
 * asks for more or less, with commas between: ids for these alone, {@code all} for every network. Beside every {@link #AMONG_STRANGERS}th
 * one (of {@code all} beside each) there are {@link Strangers} with the same addresses, who must not matter.
 */
@KernelTest
@Execution(ExecutionMode.CONCURRENT)
class FaultsOnTheKernelTest {
    private static final String WANTED =
            Optional.ofNullable(System.getenv("LASTHOP_FAULTS")).orElse("");

    private static final boolean EVERYWHERE = List.of(WANTED.split(",")).contains("all");
    private static final int AMONG_STRANGERS = 4;
    private static final Set<String> TYPED = Set.of("forward-rule-drop", "forward-policy-drop", "masquerade-missing");

    @TempDir
    static Path state;

    /** @param number tells the labs' names apart, as several are there at once */
    record Case(int number, Fault fault, Injection injection) {
        String id() {
            return fault.id();
        }

        boolean hasStrangers() {
            return EVERYWHERE || number % AMONG_STRANGERS == 0;
        }

        @Override
        public String toString() {
            return "%s (%d): %s, %s, %s"
                    .formatted(id(), number, injection.network(), injection.family(), injection.ask());
        }
    }

    static Stream<Case> cases() {
        var cases = new ArrayList<Case>();
        for (Fault fault : Faults.all()) {
            for (Injection injection : injections(fault)) {
                cases.add(new Case(cases.size() + 1, fault, injection));
            }
        }
        return cases.stream();
    }

    private static List<Injection> injections(Fault fault) {
        List<Injection> all = fault.injections();
        List<String> wanted = new ArrayList<>(Arrays.asList(WANTED.split(",")));
        wanted.removeAll(List.of("all", ""));
        if (!wanted.isEmpty() && !wanted.contains(fault.id())) {
            return List.of();
        }
        return all.stream()
                .filter(injection ->
                        EVERYWHERE || injection.network().equals(all.getFirst().network()))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    @SuppressWarnings("try") // the strangers are to be there, and nothing more
    void recognisedLocatedMended(Case tried) throws IOException {
        Possible.assume(tried.fault());
        Injection injection = tried.injection();
        LabNetwork network = LabNetwork.find(injection.network()).orElseThrow();
        try (Lab lab = Labs.in(state).borrow(network, "f" + tried.number())) {
            Question question = Question.of(lab.scene(), injection);
            try (var service = new Service(lab, question);
                    var strangers =
                            tried.hasStrangers() ? Strangers.of(lab.scene(), "f" + tried.number()) : Strangers.none()) {
                check(tried, lab, question, service);
            }
        }
    }

    private static void check(Case tried, Lab lab, Question question, Service service) {
        Injection injection = tried.injection();
        var judge = new Judge(question);
        boolean inherent = question.port().isEmpty()
                && injection.steps().apply(lab.scene()).isEmpty();
        if (!inherent) {
            service.open("");
            Wait.until("it works before it is broken", judge::works);
            lab.inject(tried.id(), injection.steps().apply(lab.scene()));
            service.open(tried.id());
        }
        assertThat(judge.works()).as("it works although it was broken").isFalse();

        Answer answer = Answer.of(question, injection.mendable() ? List.of("--fix", "--yes") : List.of());
        expect(tried, lab.scene(), answer);
        if (injection.mendable()) {
            assertThat(answer.document().flag("fixed", false)).as(answer.text()).isTrue();
            assertThat(answer.document().objects("changes")).as(answer.text()).isNotEmpty();
            assertThat(answer.code()).as(answer.text()).isZero();
            Wait.until("it works after --fix: " + answer.text(), judge::works);
            takeBack(tried, judge, answer);
        } else {
            assertThat(answer.code()).as(answer.text()).isEqualTo(1);
        }
        if (!inherent) {
            assertThat(lab.mend()).as("what the lab could not take back").isEmpty();
            service.open("");
            Wait.until("it works after the lab took the fault back", judge::works);
        }
    }

    /** What the report says that takes its changes back does so when it is typed. */
    private static void takeBack(Case tried, Judge judge, Answer answer) {
        assertThat(answer.text()).doesNotContain("HANDLE");
        if (!TYPED.contains(tried.id())) {
            return;
        }
        answer.document().objects("changes").reversed().stream()
                .flatMap(change -> change.strings("undo").stream())
                .forEach(line -> Tool.run("sh", "-ec", line));
        assertThat(judge.works())
                .as("it works although the remedy was taken back")
                .isFalse();
        Answer again = Answer.of(judge.question(), List.of("--fix", "--yes"));
        assertThat(again.document().flag("fixed", false)).as(again.text()).isTrue();
    }

    private static void expect(Case tried, LabScene scene, Answer answer) {
        Injection injection = tried.injection();
        JsonObject report = answer.document();
        assertThat(report.string("verdict") + " " + answer.cause())
                .as(answer.text())
                .isEqualTo(injection.verdict() + " " + tried.id());
        injection
                .side()
                .ifPresent(side ->
                        assertThat(report.string("direction")).as(answer.text()).isEqualTo(side.toString()));
        injection
                .lastHop()
                .apply(scene)
                .ifPresent(hop -> assertThat(answer.lastHop()).as(answer.text()).isEqualTo(hop));
    }
}
