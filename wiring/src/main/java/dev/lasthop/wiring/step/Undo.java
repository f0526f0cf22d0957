package dev.lasthop.wiring.step;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Taking things back: what is gone already, or is there already, is as it should be. */
public final class Undo {
    private static final Set<Errno> GONE = Set.of(Errno.ENOENT, Errno.ENODEV, Errno.ESRCH, Errno.EADDRNOTAVAIL);

    private Undo() {}

    /** Applies the steps in their order, going on through errors of whatever kind. Those that mean anything, in order. */
    public static List<RuntimeException> all(List<Step> steps, Places places) {
        var failures = new ArrayList<RuntimeException>();
        for (Step step : steps) {
            apply(step, places, failures);
        }
        return List.copyOf(failures);
    }

    private static void apply(Step step, Places places, List<RuntimeException> failures) {
        try {
            step.apply(places);
        } catch (KernelException e) {
            boolean asItShouldBe = GONE.contains(e.errno()) || e.is(Errno.EEXIST);
            if (!asItShouldBe) {
                failures.add(e);
            } else if (step instanceof FirewallStep firewall
                    && firewall.changes().size() > 1) {
                // one change that was made already keeps the kernel from making the others: now one by one
                for (FirewallStep.Change change : firewall.changes()) {
                    apply(new FirewallStep(firewall.place(), List.of(change), List.of()), places, failures);
                }
            }
        } catch (RuntimeException e) { // whatever it is, the steps behind it must be made too
            failures.add(e);
        }
    }
}
