package dev.lasthop.cli.catalogue;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Lines;
import dev.lasthop.cli.frame.Output;
import dev.lasthop.cli.frame.Style;
import dev.lasthop.cli.frame.Table;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Faults;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The catalogue of causes. */
public final class FaultsCommand implements Command {
    private static final Argument<Fault> FAULT =
            Argument.optional("ID", "one fault: how it is recognised and mended", FaultId::read);
    private static final int WIDEST = 100;

    /** Stateless. */
    public FaultsCommand() {}

    @Override
    public String name() {
        return "faults";
    }

    @Override
    public String summary() {
        return "Lists every cause that can be named, or tells about one";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(FAULT);
    }

    @Override
    public List<String> examples() {
        return List.of("faults", "faults ip-forward-disabled");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Output output = invocation.output();
        Optional<Fault> fault = invocation.find(FAULT);
        if (fault.isPresent()) {
            output.result(
                    () -> JsonObject.builder()
                            .put("schema", "lasthop.fault/1")
                            .put("fault", FaultPage.json(fault.get()))
                            .build(),
                    () -> page(fault.get(), output));
        } else {
            List<Fault> all = Faults.all();
            output.result(
                    () -> JsonObject.builder()
                            .put("schema", "lasthop.faults/1")
                            .put("faults", all, FaultPage::json)
                            .build(),
                    () -> list(all, output));
        }
        return ExitCode.DONE;
    }

    private static List<String> list(List<Fault> all, Output output) {
        var lines = new ArrayList<String>();
        for (Group group : Group.values()) {
            var table = new Table("id", "title", "network");
            all.stream()
                    .filter(fault -> fault.group() == group)
                    .forEach(fault -> table.row(fault.id(), fault.title(), FaultPage.network(fault)));
            if (!table.isEmpty()) {
                lines.add(output.terminal().paint(Style.HEADING, group.toString()));
                lines.addAll(table.body("  "));
                lines.add("");
            }
        }
        lines.add(all.size() + " faults. The last column is the lab's network that shows it: lasthop demo --fault ID.");
        return lines;
    }

    private static List<String> page(Fault fault, Output output) {
        int width = Math.min(WIDEST, output.terminal().width());
        var lines = new ArrayList<String>();
        lines.add(output.terminal().paint(Style.HEADING, fault.id()) + "   " + fault.group());
        lines.add(fault.title() + (fault.isIntermittent() ? " (breaks only some of the packets)" : ""));
        section(lines, output, width, "How it is recognised", fault.page().recognised());
        section(lines, output, width, "How it is mended", fault.page().mending());
        section(lines, output, width, "See it", FaultPage.proof(fault));
        fault.injections().forEach(injection -> lines.addAll(Lines.wrap(FaultPage.shows(injection), width, "  ")));
        FaultPage.commands(fault).forEach(command -> lines.add("    " + command));
        return lines;
    }

    private static void section(List<String> lines, Output output, int width, String title, String text) {
        lines.add("");
        lines.add(output.terminal().paint(Style.HEADING, title));
        lines.addAll(Lines.wrap(text, width, "  "));
    }
}
