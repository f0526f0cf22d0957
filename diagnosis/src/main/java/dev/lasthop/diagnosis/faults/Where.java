package dev.lasthop.diagnosis.faults;

import dev.lasthop.wiring.step.Place;

/** Where a remedy is applied. */
final class Where {
    private Where() {}

    /** The namespace that an interface of the path is in. */
    static Place of(dev.lasthop.path.Place place) {
        return Place.parse(place.namespaceName());
    }
}
