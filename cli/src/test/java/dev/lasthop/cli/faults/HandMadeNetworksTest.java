package dev.lasthop.cli.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.IpAddress;
import dev.lasthop.lab.Question;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Wait;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults in networks that nobody made for a test of faults: with {@code ip} and {@code nft}, under names and addresses of their own, at the
 * sender, on each router of the way, at the far end, on the way there and on the way back.
 */
@KernelTest
@Execution(ExecutionMode.CONCURRENT)
class HandMadeNetworksTest {
    private static final String WANTED =
            Optional.ofNullable(System.getenv("LASTHOP_CASES")).orElse("");

    /**
     * What is broken, and what must be said of it.
     *
     * @param expected "VERDICT CAUSE DIRECTION LAST-HOP": the last hop as "ROLE LINK DIRECTION"; "-" where it is left open
     * @param mends whether {@code --fix} has to mend it
     */
    record Case(
            String name,
            String network,
            String source,
            String destination,
            OptionalInt port,
            String expected,
            boolean mends,
            List<String> breaking) {
        static Case of(String network, String from, String to, String expected, String... breaking) {
            return new Case(
                    from + " to " + to + ", " + String.join(" ; ", breaking),
                    network,
                    from,
                    to,
                    OptionalInt.empty(),
                    expected,
                    true,
                    List.of(breaking));
        }

        Case port(int value) {
            return new Case(
                    name + " port " + value,
                    network,
                    source,
                    destination,
                    OptionalInt.of(value),
                    expected,
                    mends,
                    breaking);
        }

        Case notMended() {
            return new Case(name, network, source, destination, port, expected, false, breaking);
        }

        @Override
        public String toString() {
            return expected.split(" ")[1] + ": " + name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                        Chain.cases(),
                        Nested.cases(),
                        Overlay.cases(),
                        Routed.cases(),
                        Turned.cases(),
                        Stretched.cases())
                .flatMap(List::stream)
                .filter(tried -> WANTED.isEmpty() || tried.toString().contains(WANTED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void recognisedLocatedMended(Case tried) {
        try (var made = new HandMade("h" + COUNT.incrementAndGet() + "-")) {
            made.run(tried.network());
            check(tried, made);
        }
    }

    private static final AtomicInteger COUNT = new AtomicInteger();

    private static void check(Case tried, HandMade made) {
        var question = Question.of(made.place(tried.source()), IpAddress.parse(tried.destination()), tried.port());
        var judge = new Judge(question);
        Wait.until("it works before it is broken", judge::works);
        made.run(tried.breaking().toArray(String[]::new));
        boolean healthy = tried.expected().startsWith("healthy");
        assertThat(judge.works()).as("whether it works after it was broken").isEqualTo(healthy);
        Answer answer = Answer.of(question, tried.mends() && !healthy ? List.of("--fix", "--yes") : List.of());
        expect(tried, made, answer);
        if (healthy) {
            assertThat(answer.code()).isZero();
        } else if (tried.mends()) {
            assertThat(answer.document().flag("fixed", false)).as(answer.text()).isTrue();
            assertThat(answer.code()).as(answer.text()).isZero();
            Wait.until("it works after --fix: " + answer.text(), judge::works);
        } else {
            assertThat(answer.code()).as(answer.text()).isEqualTo(1);
        }
    }

    private static void expect(Case tried, HandMade made, Answer answer) {
        List<String> wanted = new ArrayList<>(Arrays.asList(tried.expected().split(" ", 4)));
        List<String> got = new ArrayList<>(List.of(
                answer.document().string("verdict"),
                answer.cause(),
                answer.document().string("direction"),
                answer.lastHop()));
        if (wanted.size() == 4 && !wanted.get(3).equals("-") && !wanted.get(3).equals("none")) {
            wanted.set(3, made.hop(wanted.get(3)));
        }
        for (int i = 0; i < got.size(); i++) {
            if (i >= wanted.size() || wanted.get(i).equals("-")) {
                got.set(i, "-");
            }
        }
        while (wanted.size() < got.size()) {
            wanted.add("-");
        }
        assertThat(String.join(" ", got)).as(answer.text()).isEqualTo(String.join(" ", wanted));
    }
}
