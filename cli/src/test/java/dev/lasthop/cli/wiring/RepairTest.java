package dev.lasthop.cli.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepairTest {
    private static Wiring.Lost lost(int number, int commands) {
        return new Wiring.Lost(
                "difference " + number,
                IntStream.range(0, commands)
                        .<Step>mapToObj(i -> LinkStep.up(Place.HOST, "e" + i))
                        .toList());
    }

    @Test
    void whatIsPutBackFitsOnAScreen() {
        assertThat(Repair.text(new Wiring.Repaired(List.of(lost(1, 4), lost(2, 5), lost(3, 0))), true, false))
                .containsExactly(
                        "difference 1",
                        "  ip link set e0 up",
                        "  ip link set e1 up",
                        "  ip link set e2 up",
                        "  ip link set e3 up",
                        "difference 2",
                        "  ip link set e0 up",
                        "  ip link set e1 up",
                        "  ip link set e2 up",
                        "  … and 2 more; --commands shows all",
                        "difference 3",
                        "2 differences put back; 1 not Lasthop's to put back.");
        var many = new Wiring.Repaired(
                IntStream.range(0, 500).mapToObj(i -> lost(i, 40)).toList());
        assertThat(Repair.text(many, false, false))
                .hasSizeLessThan(65)
                .endsWith(
                        "… and 488 more differences; --commands shows all",
                        "500 differences to put back: lasthop repair does it.");
        assertThat(Repair.text(many, false, true)).hasSize(500 * 41 + 1);
        assertThat(Repair.text(new Wiring.Repaired(List.of()), true, false))
                .containsExactly("Everything is as it is on record.");
    }
}
