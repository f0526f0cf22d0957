package dev.lasthop.cli.demo;

import dev.lasthop.cli.catalogue.FaultId;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Output;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.ReportJson;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.LabException;
import dev.lasthop.lab.LabNetwork;
import dev.lasthop.lab.Labs;
import dev.lasthop.linux.Capability;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The lecture, played from beginning to end in throw-away namespaces. */
public final class DemoCommand implements Command {
    private static final Option<Fault> FAULT =
            Option.value("fault", "ID", "play another fault than " + Demo.LECTURE, FaultId::read);
    private static final Option<Boolean> STEP = Option.flag("step", "wait for the Enter key between the steps");
    private static final String NAME = "demo";
    private static final int MOST = 20;

    /** Stateless. */
    public DemoCommand() {}

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public String summary() {
        return "Wires a container, loses its packets, finds out where and why, mends it, proves it";
    }

    @Override
    public List<String> description() {
        return List.of(
                "Plays in network namespaces that stand for a container, its node and the outside world, and shows at each step "
                        + "what a person would type. Nothing else of the machine is touched, and everything is removed at the "
                        + "end, or when Ctrl-C is pressed. What a killed demo leaves, lasthop gc removes.");
    }

    @Override
    public List<Option<?>> options() {
        return List.of(FAULT, STEP);
    }

    @Override
    public List<String> examples() {
        return List.of("demo", "demo --step", "demo --fault masquerade-missing");
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.NET_ADMIN, Capability.SYS_ADMIN, Capability.NET_RAW);
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Fault fault = invocation.find(FAULT).orElseGet(() -> FaultId.read(Demo.LECTURE));
        Injection injection = fault.injections().stream()
                .findFirst()
                .orElseThrow(() -> CommandException.unsupported(
                        "cannot play " + fault.id(),
                        "the lab has no way to make this fault in throw-away namespaces",
                        "lasthop faults lists those that it has"));
        Output output = invocation.output();
        Labs labs = Labs.ofEnvironment(System.getenv());
        labs.collect(); // what an earlier demo left that was killed
        var hook = new Thread(() -> interrupted(labs, output), "lasthop-demo-end");
        Runtime.getRuntime().addShutdownHook(hook); // before anything is there
        try (Lab lab = plan(labs, network(injection))) {
            var screen = new Screen(output, invocation.has(STEP));
            Demo.Outcome outcome = new Demo(lab, fault, injection, Examiner.live(), screen).play();
            output.result(() -> json(fault, screen, outcome), () -> closing(outcome));
            return outcome.asTold() ? ExitCode.DONE : ExitCode.FAILED;
        } catch (LabException e) {
            throw CommandException.failed(e.message(), e.reason(), e.next());
        } finally {
            forget(hook);
        }
    }

    private static LabNetwork network(Injection injection) {
        return LabNetwork.find(injection.network())
                .orElseThrow(() -> new IllegalStateException("no such network: " + injection.network()));
    }

    /** Under the first name that is free: demos can play beside each other. */
    private static Lab plan(Labs labs, LabNetwork network) {
        LabException last = null;
        for (int i = 1; i <= MOST; i++) {
            try {
                return labs.plan(network, i == 1 ? NAME : NAME + i);
            } catch (LabException e) {
                last = e;
            }
        }
        throw CommandException.failed(
                "cannot begin the demo", last == null ? "" : last.reason(), "lasthop lab down --all removes old labs");
    }

    private static void interrupted(Labs labs, Output output) {
        labs.end();
        output.progress("\nThe demo was interrupted. Its namespaces are removed.");
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it is running
        }
    }

    private static List<String> closing(Demo.Outcome outcome) {
        return outcome.asTold()
                ? List.of("")
                : List.of("", "  Not everything went as it should. Please report this with the output above.");
    }

    private static JsonObject json(Fault fault, Screen screen, Demo.Outcome outcome) {
        return JsonObject.builder()
                .put("schema", "lasthop.demo/1")
                .put("fault", fault.id())
                .put("asTold", outcome.asTold())
                .put("steps", screen.told(), step -> step)
                .put("broken", ReportJson.write(outcome.broken(), Optional.empty()))
                .put("mended", ReportJson.write(outcome.mended(), Optional.empty()))
                .build();
    }
}
