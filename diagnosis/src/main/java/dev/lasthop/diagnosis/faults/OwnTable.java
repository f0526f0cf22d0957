package dev.lasthop.diagnosis.faults;

import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;

final class OwnTable {
    private OwnTable() {}

    static Step dropTooBig(Place place) {
        return new SysctlStep(place, "x", "y");
    }
}
