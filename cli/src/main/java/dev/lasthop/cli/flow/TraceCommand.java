package dev.lasthop.cli.flow;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.report.ReportText;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.diagnosis.ReportJson;
import dev.lasthop.investigation.Investigator;
import dev.lasthop.linux.Capability;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code lasthop trace}: sends probes and shows every hop where they were seen. */
public final class TraceCommand implements Command {
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
    public List<Argument<?>> arguments() {
        return FlowOptions.arguments();
    }

    @Override
    public List<Option<?>> options() {
        return FlowOptions.probing();
    }

    @Override
    public List<String> examples() {
        return List.of("trace netns:blue 192.0.2.2", "trace pid:4242 [2001:db8::1]:443");
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
        Report report;
        try (Subject subject = Subject.of(invocation)) {
            report = new Investigator(Namespaces.find(), Recorder.full(), new WiringRecords(System.getenv()))
                    .investigate(subject.inquiry())
                    .report();
        } catch (UnresolvedName e) {
            report = e.examine();
        }
        return answer(invocation, report);
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
