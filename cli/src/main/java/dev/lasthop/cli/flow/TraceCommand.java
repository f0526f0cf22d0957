package dev.lasthop.cli.flow;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.cli.report.ReportText;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.diagnosis.ReportJson;
import dev.lasthop.investigation.Inquiry;
import dev.lasthop.investigation.Investigator;
import dev.lasthop.investigation.PassiveInvestigation;
import dev.lasthop.linux.Capability;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code lasthop trace}: sends probes and shows every hop where they were seen. */
public final class TraceCommand implements Command {
    private static final Option<Boolean> PASSIVE =
            Option.flag("passive", "send nothing: wait for the application's own packets");
    private static final Option<Integer> WAIT =
            Option.value("wait", "SECONDS", "with --passive: how long, 30 if it is not said", Reader.integer(1, 3600));
    private static final int SECONDS = 30;

    /** Stateless. */
    public TraceCommand() {}

    @Override
    public String name() {
        return "trace";
    }

    @Override
    public String summary() {
        return "sends probes and shows every hop where they were seen";
    }

    @Override
    public List<String> description() {
        return List.of(
                "Sends probes from the source through its own network stack and counts them at every interface on the way and back.",
                "With --passive it sends nothing and waits for what an application in the source sends to the destination by itself: "
                        + "a connection, a datagram, a ping. --count says how many of them to wait for, 1 if it is not said.");
    }

    @Override
    public List<Argument<?>> arguments() {
        return FlowOptions.arguments();
    }

    @Override
    public List<Option<?>> options() {
        var all = new ArrayList<Option<?>>(FlowOptions.probing());
        all.add(PASSIVE);
        all.add(WAIT);
        return all;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "trace netns:blue 192.0.2.2",
                "trace pid:4242 [2001:db8::1]:443",
                "trace netns:blue 192.0.2.2:443 --passive --wait 60");
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.SYS_ADMIN, Capability.NET_ADMIN, Capability.NET_RAW);
    }

    @Override
    public List<String> withoutCapabilities() {
        return List.of(
                "lasthop path host DESTINATION: the way from this namespace on, as far as its tables may be read",
                "lasthop diagnose --replay FILE: examines what somebody else has saved with --save");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        if (invocation.find(WAIT).isPresent() && !invocation.has(PASSIVE)) {
            throw CommandException.usage("--wait goes with --passive only", "", "add --passive, or leave --wait out");
        }
        try (Subject subject = Subject.of(invocation)) {
            var investigator = new Investigator(Namespaces.find(), Recorder.full(), new WiringRecords(System.getenv()));
            return answer(
                    invocation,
                    invocation.has(PASSIVE)
                            ? overhear(invocation, investigator, subject.inquiry())
                            : investigator.investigate(subject.inquiry()).report());
        } catch (UnresolvedName e) {
            return answer(invocation, e.examine());
        }
    }

    private static Report overhear(Invocation invocation, Investigator investigator, Inquiry inquiry) {
        int seconds = invocation.find(WAIT).orElse(SECONDS);
        Inquiry patient = inquiry.withCount(invocation.find(FlowOptions.COUNT).orElse(1));
        String what = inquiry.source() + " to call " + inquiry.destination() + " (" + inquiry.protocol() + ")";
        Runnable ready = () -> invocation.output().progress("waiting at most " + seconds + " s for " + what);
        return new PassiveInvestigation(investigator, patient)
                .await(Duration.ofSeconds(seconds), ready)
                .map(Investigator.Result::report)
                .orElseThrow(() -> CommandException.failed(
                        inquiry.source() + " sent nothing to " + inquiry.destination() + " (" + inquiry.protocol()
                                + ") within " + seconds + " s",
                        "no application called it, or its packets never reached an interface",
                        "wait longer with --wait, or leave --passive out: then a probe is sent"));
    }

    private static ExitCode answer(Invocation invocation, Report report) {
        invocation
                .output()
                .result(
                        () -> ReportJson.write(report, Optional.empty()),
                        () -> ReportText.trace(report, invocation.output().terminal()));
        return report.isHealthy()
                ? ExitCode.DONE
                : report.isInconclusive() ? ExitCode.INCONCLUSIVE : ExitCode.FAULT_FOUND;
    }
}
