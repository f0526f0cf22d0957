package dev.lasthop.cli.flow;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Lines;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.investigation.Investigator;
import dev.lasthop.linux.Capability;
import dev.lasthop.path.PathText;
import dev.lasthop.path.Prediction;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import java.util.List;
import java.util.Set;

/** {@code lasthop path}: where a packet is to go, and back; nothing is sent. */
public final class PathCommand implements Command {
    /** Stateless. */
    public PathCommand() {}

    @Override
    public String name() {
        return "path";
    }

    @Override
    public String summary() {
        return "shows the path that a packet is to take, and back; sends nothing";
    }

    @Override
    public List<Argument<?>> arguments() {
        return FlowOptions.arguments();
    }

    @Override
    public List<Option<?>> options() {
        return FlowOptions.packet();
    }

    @Override
    public List<String> examples() {
        return List.of("path netns:blue 192.0.2.2", "path netns:blue netns:red:80");
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.SYS_ADMIN, Capability.NET_ADMIN);
    }

    @Override
    public List<String> withoutCapabilities() {
        return List.of(
                "lasthop path host DESTINATION: the way from this namespace on, as far as its tables may be read",
                "lasthop diagnose --replay FILE: examines what somebody else has saved with --save");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        try (Subject subject = Subject.of(invocation)) {
            Prediction prediction = new Investigator(Namespaces.find(), Recorder.full()).predict(subject.inquiry());
            invocation
                    .output()
                    .result(
                            () -> PathJson.write(subject.inquiry(), prediction),
                            () -> PathText.of(prediction)
                                    .lines()
                                    .flatMap(line ->
                                            Lines.hanging(
                                                    line,
                                                    invocation
                                                            .output()
                                                            .terminal()
                                                            .width())
                                                    .stream())
                                    .toList());
            return prediction.isHealthy() || prediction.stopped().isEmpty() ? ExitCode.DONE : ExitCode.FAULT_FOUND;
        } catch (UnresolvedName e) {
            throw CommandException.failed(
                    String.valueOf(e.getMessage()),
                    "there is no address to predict a path to",
                    "lasthop diagnose with the same names says why");
        }
    }
}
