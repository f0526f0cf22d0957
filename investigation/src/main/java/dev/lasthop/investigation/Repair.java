package dev.lasthop.investigation;

import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Fixing;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.linux.KernelException;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Applies a remedy, step by step, each with its undo worked out before. */
public final class Repair {
    private final Places places;
    private final List<Fixing.Change> changes = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    public Repair(Places places) {
        this.places = places;
    }

    /** The remedy that would be applied: the cause's first that can be. */
    public static Optional<Remedy> choose(Report report) {
        return report.cause().map(Finding::remedies).orElse(List.of()).stream()
                .filter(Remedy::isApplicable)
                .findFirst();
    }

    /** Makes the changes; stops at the first that fails and takes back what was done. Whether all were made. */
    public boolean apply(Remedy remedy) {
        var done = new ArrayList<Fixing.Change>();
        for (Step step : remedy.steps()) {
            try {
                List<Step> undo = step.undo(places);
                step.apply(places);
                done.add(
                        new Fixing.Change(step, undo.stream().map(this::located).toList()));
            } catch (KernelException e) {
                failures.add(step.command() + ": " + e.getMessage());
                done.reversed().forEach(this::takeBack);
                return false;
            }
        }
        changes.addAll(done);
        return true;
    }

    private Step located(Step undo) {
        try {
            return undo instanceof FirewallStep rules ? rules.located(places) : undo;
        } catch (KernelException e) {
            return undo; // as it was written down before
        }
    }

    private void takeBack(Fixing.Change change) {
        for (Step step : change.undo()) {
            try {
                step.apply(places);
            } catch (KernelException e) {
                failures.add("taking back: " + step.command() + ": " + e.getMessage());
            }
        }
    }

    /** What could not be changed, and why. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** What was done, after which the flow works. */
    public Fixing worked() {
        return new Fixing(true, changes, failures, Optional.empty());
    }

    /** @param next what is in the way now, if that is known */
    public Fixing failed(Optional<Finding> next) {
        return new Fixing(false, changes, failures, next);
    }
}
