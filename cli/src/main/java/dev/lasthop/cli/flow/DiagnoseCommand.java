package dev.lasthop.cli.flow;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Format;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.report.ReportText;
import dev.lasthop.diagnosis.Fixing;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.diagnosis.ReportJson;
import dev.lasthop.investigation.Investigator;
import dev.lasthop.investigation.Repair;
import dev.lasthop.linux.Capability;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import dev.lasthop.wiring.step.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code lasthop diagnose}: path, trace, cause, remedy; {@code --fix} applies the remedy and probes again. */
public final class DiagnoseCommand implements Command {
    private static final Option<Boolean> FIX = Option.flag("fix", "apply the remedy, and probe again");
    private static final Option<Boolean> YES =
            Option.flag("yes", "do not ask before changing something").letter('y');

    /** Stateless. */
    public DiagnoseCommand() {}

    @Override
    public String name() {
        return "diagnose";
    }

    @Override
    public String summary() {
        return "finds where packets are lost and why, and how to mend it";
    }

    @Override
    public List<String> description() {
        return List.of(
                "Sends probes from the source through its own network stack, watches for them at every interface on the way and back, "
                        + "and names the one cause that explains what was seen. Changes nothing without --fix.");
    }

    @Override
    public List<Argument<?>> arguments() {
        return FlowOptions.arguments();
    }

    @Override
    public List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(FlowOptions.probing());
        all.add(FIX);
        all.add(YES);
        return all;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "diagnose netns:blue 192.0.2.2",
                "diagnose netns:blue netns:red:80 --fix",
                "diagnose netns:blue 192.0.2.2 --size 1500");
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.SYS_ADMIN, Capability.NET_ADMIN, Capability.NET_RAW);
    }

    @Override
    public ExitCode run(Invocation invocation) {
        try (Subject subject = Subject.of(invocation)) {
            Report report = investigate(subject);
            Optional<Fixing> fixing = invocation.has(FIX) ? fix(invocation, subject, report) : Optional.empty();
            invocation
                    .output()
                    .result(
                            () -> ReportJson.write(report, fixing),
                            () -> ReportText.lines(
                                    report, fixing, invocation.output().terminal()));
            if (fixing.isPresent() && fixing.get().fixed()) {
                return ExitCode.DONE;
            }
            return report.isHealthy()
                    ? ExitCode.DONE
                    : report.isInconclusive() ? ExitCode.INCONCLUSIVE : ExitCode.FAULT_FOUND;
        }
    }

    private static Report investigate(Subject subject) {
        return new Investigator(Namespaces.find(), Recorder.full())
                .investigate(subject.inquiry())
                .report();
    }

    private static Optional<Fixing> fix(Invocation invocation, Subject subject, Report report) {
        Optional<Remedy> remedy = Repair.choose(report);
        if (remedy.isEmpty()) {
            return report.isHealthy() ? Optional.empty() : Optional.of(new Fixing(false, List.of(), List.of()));
        }
        if (!invocation.has(YES) && !agreed(invocation, remedy.get())) {
            return Optional.empty();
        }
        invocation.output().progress("mending: " + remedy.get().summary());
        var repair = new Repair(Places.here());
        boolean applied = repair.apply(remedy.get());
        boolean works = applied && investigate(subject).isHealthy();
        return Optional.of(repair.outcome(works));
    }

    /** Asks on a terminal; a program that reads JSON has no one to ask, and must say --yes. */
    private static boolean agreed(Invocation invocation, Remedy remedy) {
        if (invocation.output().format() == Format.JSON) {
            invocation.output().warning("nothing was changed: --fix needs --yes with --format json");
            return false;
        }
        remedy.commands().forEach(command -> invocation.output().line("    " + command));
        return invocation.output().confirm(remedy.summary() + "?");
    }
}
