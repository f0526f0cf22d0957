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

    /** Applies the steps in their order, going on through errors. Those that mean anything, in order. */
    public static List<KernelException> all(List<Step> steps, Places places) {
        var failures = new ArrayList<KernelException>();
        for (Step step : steps) {
            try {
                step.apply(places);
            } catch (KernelException e) {
                if (!GONE.contains(e.errno()) && !e.is(Errno.EEXIST)) {
                    failures.add(e);
                }
            }
        }
        return List.copyOf(failures);
    }
}
