package dev.lasthop.wiring;

import dev.lasthop.wiring.step.Applied;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;

/** That the host forwards: switched on for the first network that needs it, and set back with the last. */
final class Forwarding {
    private Forwarding() {}

    /** What is to be noted down where forwarding was switched on. */
    static List<Amendment> noted(Applied applied, Store store) {
        List<Step> now =
                applied.undo().stream().filter(Forwarding::isForwarding).toList();
        List<Step> before = store.forwardingBefore();
        if (before.containsAll(now)) {
            return List.of();
        }
        List<Step> all = new ArrayList<>(now);
        all.addAll(before); // the oldest last: what it was at first
        return List.of(Amendment.forwarding(all));
    }

    private static boolean isForwarding(Step step) {
        return step instanceof SysctlStep sysctl
                && sysctl.place().equals(Place.HOST)
                && (sysctl.key().contains("forward") || sysctl.key().contains("accept_redirects"));
    }
}
