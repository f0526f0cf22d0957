package dev.lasthop.wiring;

import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;

/** What is found not to be as it was declared, in the order in which it is found, which is also the order of mending it. */
final class Differences {
    /**
     * @param what in words
     * @param steps what puts it back; none where that is not Lasthop's to do
     */
    record Difference(String what, List<Step> steps) {
        Difference {
            steps = List.copyOf(steps);
        }
    }

    private final List<Difference> all = new ArrayList<>();

    void found(String what, Step... steps) {
        found(what, List.of(steps));
    }

    void found(String what, List<Step> steps) {
        all.add(new Difference(what, steps));
    }

    boolean areMendedBy(Step step) {
        return all.stream().anyMatch(difference -> difference.steps().contains(step));
    }

    List<Difference> all() {
        return List.copyOf(all);
    }
}
