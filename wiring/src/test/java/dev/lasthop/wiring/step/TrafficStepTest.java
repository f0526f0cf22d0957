package dev.lasthop.wiring.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.linux.KernelException;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rates as tc reads them, and the steps of traffic control as tc shows them. */
class TrafficStepTest {
    private static final Place A = Place.named("a");

    @ParameterizedTest
    @CsvSource({
        "10mbit, 10000000, 10mbit",
        "10Mbit, 10000000, 10mbit",
        "1.5gbit, 1500000000, 1500mbit",
        "512kibit, 524288, 524288bit",
        "1mbps, 8000000, 8mbit",
        "64kbps, 512000, 512kbit",
        "9000, 9000, 9kbit",
        "1tbit, 1000000000000, 1tbit",
    })
    void ratesAreReadAsTcReadsThem(String text, long bits, String shown) {
        assertThat(Rate.parse(text)).isEqualTo(new Rate(bits)).hasToString(shown);
        assertThat(Rate.parse(shown)).isEqualTo(new Rate(bits));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mbit",
                "0",
                "0mbit",
                "-1mbit",
                "7kbit",
                "1.1tbit",
                "10 mbit",
                "10mb",
                "1e9",
                "10%",
                "10mbit/s",
                "99999999999999999999mbit",
                "1.2.3mbit",
                "٣mbit",
                "unlimited"
            })
    void whatIsNoRateIsRefused(String text) {
        assertThatThrownBy(() -> Rate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bit");
    }

    @Test
    void aBucketHasRoomForFramesAndForTenMilliseconds() {
        assertThat(TrafficStep.Limit.of(A, "x", Rate.parse("64kbit"), 1500).burst())
                .isEqualTo(4 * 1518);
        assertThat(TrafficStep.Limit.of(A, "x", Rate.parse("1gbit"), 1500).burst())
                .isEqualTo(1_250_000);
        assertThat(TrafficStep.Limit.of(A, "x", Rate.parse("1tbit"), 65535).limit())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    @KernelTest
    void rateStepsAreMadeAndTakenBack() {
        try (var network = new TestNetwork().namespace("a").namespace("b").veth("a", "e0", "b", "e0");
                Places places = Places.here()) {
            network.ip("a", "link add i0 type ifb").ip("a", "link set i0 up");
            var steps = new StepCheck(network, places, "a");
            Rate ten = Rate.parse("10mbit");
            steps.check(
                    TrafficStep.Limit.of(A, "e0", ten, 1500),
                    "tc -n a qdisc replace dev e0 root handle 1: tbf rate 10mbit burst 12500b limit 75000b",
                    "tc qdisc show dev e0",
                    "qdisc tbf 1: root",
                    "rate 10Mbit burst 12500b lat 50ms");
            network.in(
                    "a",
                    "tc",
                    "qdisc",
                    "add",
                    "dev",
                    "e0",
                    "root",
                    "handle",
                    "1:",
                    "tbf",
                    "rate",
                    "3333kbit",
                    "burst",
                    "7001b",
                    "limit",
                    "20002b");
            steps.check(
                    new TrafficStep.Limit(A, "e0", ten, 20000, 90000),
                    "tc -n a qdisc replace dev e0 root handle 1: tbf rate 10mbit burst 20000b limit 90000b",
                    "tc qdisc show dev e0",
                    "rate 10Mbit burst 20000b");
            steps.check(
                    new TrafficStep.Unlimit(A, "e0"),
                    "tc -n a qdisc del dev e0 root",
                    "tc qdisc show dev e0",
                    "noqueue");
            steps.check(
                    new TrafficStep.AddClassifier(A, "e0"),
                    "tc -n a qdisc add dev e0 clsact",
                    "tc qdisc show dev e0",
                    "clsact");
            new TrafficStep.AddClassifier(A, "e0").apply(places);
            steps.check(
                    new TrafficStep.Redirect(A, "e0", "i0"),
                    "tc -n a filter add dev e0 ingress protocol all prio 19528"
                            + " u32 match u32 0 0 action mirred egress redirect dev i0",
                    "tc filter show dev e0 ingress",
                    "pref 19528",
                    "mirred (Egress Redirect to device i0) stolen");
            new TrafficStep.Redirect(A, "e0", "i0").apply(places);
            steps.check(
                    new TrafficStep.DeleteRedirect(A, "e0"),
                    "tc -n a filter del dev e0 ingress prio 19528",
                    "tc qdisc show dev e0",
                    "clsact");
            assertThat(network.in("a", "tc", "filter", "show", "dev", "e0", "ingress"))
                    .contains("device i0");
            new TrafficStep.DeleteClassifier(A, "e0").apply(places); // ours still hangs there
            assertThat(network.in("a", "tc", "qdisc", "show", "dev", "e0")).contains("clsact");
        }
    }

    @Test
    @KernelTest
    void aRootOfSomebodyElsesIsLeftAlone() {
        try (var network = new TestNetwork().namespace("a").namespace("b").veth("a", "e0", "b", "e0");
                Places places = Places.here()) {
            network.in("a", "tc", "qdisc", "add", "dev", "e0", "root", "handle", "7:", "htb");
            List<Step> refused =
                    List.of(TrafficStep.Limit.of(A, "e0", Rate.parse("1mbit"), 1500), new TrafficStep.Unlimit(A, "e0"));
            for (Step step : refused) {
                assertThatThrownBy(() -> step.apply(places))
                        .isInstanceOf(KernelException.class)
                        .hasMessageContaining("qdisc htb that Lasthop did not make");
            }
            assertThat(network.in("a", "tc", "qdisc", "show", "dev", "e0")).contains("qdisc htb 7:");
        }
    }
}
