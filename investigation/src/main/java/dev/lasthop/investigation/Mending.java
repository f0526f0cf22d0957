package dev.lasthop.investigation;

import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Fixing;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Step;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Mends one cause after the other until the flow works: the first obstacle hides those behind it (an interface that was set down has lost its
 * routes too), so each change is followed by new probes, and what they find is mended next.
 *
 * @param again probes again
 * @param agreed whether a change may be made
 */
public record Mending(Places places, Supplier<Report> again, Predicate<Remedy> agreed) {
    /** More than these behind each other are no fault but a network that was never finished. */
    private static final int MOST_CAUSES = 4;

    private static final Duration SETTLING = Duration.ofSeconds(2);
    /** The kernel looks at carriers once a second (net/core/link_watch.c), and what waits for one looks like another cause until then. */
    private static final Duration CARRIER = Duration.ofMillis(1200);

    private static final int ATTEMPTS = 3;

    /** What was done; empty where there was nothing to mend, or the first change was not agreed to. */
    public Optional<Fixing> mend(Report first) {
        if (first.isHealthy()) {
            return Optional.empty();
        }
        Optional<Remedy> remedy = Repair.choose(first);
        if (remedy.isEmpty()) {
            return Optional.of(Fixing.NOTHING);
        }
        return agreed.test(remedy.get()) ? Optional.of(from(remedy.get(), first)) : Optional.empty();
    }

    private Fixing from(Remedy firstRemedy, Report first) {
        var repair = new Repair(places);
        Set<List<Step>> tried = new HashSet<>();
        Optional<Remedy> remedy = Optional.of(firstRemedy);
        Report report = first;
        while (remedy.isPresent() && tried.add(remedy.get().steps())) {
            if (!repair.apply(remedy.get())) {
                return repair.failed(report.cause());
            }
            report = settled(report);
            if (report.isHealthy()) {
                return repair.worked();
            }
            remedy = tried.size() < MOST_CAUSES
                    ? Repair.choose(report)
                            .filter(next -> !tried.contains(next.steps()))
                            .filter(agreed)
                    : Optional.empty();
        }
        return repair.failed(report.cause());
    }

    /**
     * What was mended may need a moment: a carrier comes, a port starts to forward, neighbours are asked for. Another cause than before is
     * believed when it is found twice, and not at once.
     */
    private Report settled(Report before) {
        long start = System.nanoTime();
        long end = start + SETTLING.toNanos();
        Report last = again.get();
        for (int tried = 1; !last.isHealthy() && (tried < ATTEMPTS || System.nanoTime() < end); tried++) {
            Report next = again.get();
            boolean found =
                    isSame(next, last) && !isSame(next, before) && next.cause().isPresent();
            last = next;
            if (found && System.nanoTime() - start > CARRIER.toNanos()) {
                break;
            }
        }
        return last;
    }

    private static boolean isSame(Report one, Report other) {
        return one.cause()
                .map(Finding::fault)
                .map(Fault::id)
                .equals(other.cause().map(Finding::fault).map(Fault::id));
    }
}
