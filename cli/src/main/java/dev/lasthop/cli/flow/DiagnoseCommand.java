package dev.lasthop.cli.flow;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Format;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.cli.report.ReportText;
import dev.lasthop.diagnosis.Fixing;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.diagnosis.ReportJson;
import dev.lasthop.investigation.Destination;
import dev.lasthop.investigation.DossierException;
import dev.lasthop.investigation.DossierFile;
import dev.lasthop.investigation.Investigator;
import dev.lasthop.investigation.Mending;
import dev.lasthop.linux.Capability;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import dev.lasthop.wiring.step.Places;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code lasthop diagnose}: path, trace, cause, remedy; {@code --fix} applies the remedy and probes again. */
public final class DiagnoseCommand implements Command {
    private static final Option<Boolean> FIX = Option.flag("fix", "apply the remedy, and probe again");
    private static final Option<Boolean> YES =
            Option.flag("yes", "do not ask before changing something").letter('y');

    private static final Option<Path> SAVE = Option.value(
            "save", "FILE", "keep everything that the answer rests on, to be looked at elsewhere", Path::of);
    private static final Option<Path> REPLAY =
            Option.value("replay", "FILE", "answer from a saved file, without root and without the network", Path::of);
    private static final Argument<String> SOURCE =
            Argument.optional("SOURCE", "where the packets start: host, pid:N, netns:NAME, a container", Reader.text());
    private static final Argument<Destination> DESTINATION = Argument.optional(
            "DESTINATION",
            "ADDRESS, ADDRESS:PORT, [IPV6]:PORT, an endpoint or a host, with or without :PORT",
            Destination::parse);

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
        return List.of(SOURCE, DESTINATION);
    }

    @Override
    public List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(FlowOptions.probing());
        all.add(FIX);
        all.add(YES);
        all.add(SAVE);
        all.add(REPLAY);
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
    public List<String> withoutCapabilities() {
        return List.of(
                "lasthop diagnose --replay FILE: examines what somebody else has saved with --save",
                "lasthop path host DESTINATION: the way from this namespace on, as far as its tables may be read",
                "lasthop faults: every cause, how it is recognised and mended");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Optional<Path> replay = invocation.find(REPLAY);
        if (replay.isPresent()) {
            return answer(invocation, replay(replay.get()), Optional.empty());
        }
        if (invocation.find(SOURCE).isEmpty() || invocation.find(DESTINATION).isEmpty()) {
            throw CommandException.usage(
                    "diagnose needs a SOURCE and a DESTINATION",
                    "it got fewer",
                    "for example: lasthop diagnose netns:blue 192.0.2.2");
        }
        try (Subject subject = Subject.of(
                invocation,
                invocation.find(SOURCE).orElseThrow(),
                invocation.find(DESTINATION).orElseThrow())) {
            Investigator.Result result = investigate(subject);
            invocation.find(SAVE).ifPresent(file -> save(result, file));
            Optional<Fixing> fixing =
                    invocation.has(FIX) ? fix(invocation, subject, result.report()) : Optional.empty();
            return answer(invocation, result.report(), fixing);
        } catch (UnresolvedName e) {
            return answer(invocation, e.examine(), Optional.empty());
        }
    }

    private static Report replay(Path file) {
        try {
            return DossierFile.replay(file).report();
        } catch (DossierException e) {
            throw e.isInput()
                    ? CommandException.usage(
                            "cannot replay " + file,
                            String.valueOf(e.getMessage()),
                            "give a file that --save has written")
                    : CommandException.failed("cannot read " + file, String.valueOf(e.getMessage()), "");
        }
    }

    private static void save(Investigator.Result result, Path file) {
        try {
            DossierFile.save(result, file);
        } catch (DossierException e) {
            throw CommandException.failed("cannot save " + file, String.valueOf(e.getMessage()), "");
        }
    }

    private static ExitCode answer(Invocation invocation, Report report, Optional<Fixing> fixing) {
        invocation
                .output()
                .result(
                        () -> ReportJson.write(report, fixing),
                        () -> ReportText.lines(
                                report, fixing, invocation.output().terminal()));
        if (report.isHealthy() || fixing.filter(Fixing::fixed).isPresent()) {
            return ExitCode.DONE;
        }
        return report.isInconclusive() ? ExitCode.INCONCLUSIVE : ExitCode.FAULT_FOUND;
    }

    private static Investigator.Result investigate(Subject subject) {
        return new Investigator(Namespaces.find(), Recorder.full(), new WiringRecords(System.getenv()))
                .investigate(subject.inquiry());
    }

    private static Optional<Fixing> fix(Invocation invocation, Subject subject, Report report) {
        try (Places places = Places.here()) {
            return new Mending(places, () -> investigate(subject).report(), remedy -> mayApply(invocation, remedy))
                    .mend(report);
        }
    }

    private static boolean mayApply(Invocation invocation, Remedy remedy) {
        boolean agreed = invocation.has(YES) || agreed(invocation, remedy);
        if (agreed) {
            invocation.output().progress("mending: " + remedy.summary());
        }
        return agreed;
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
