package dev.lasthop.cli.lab;

import dev.lasthop.cli.catalogue.FaultId;
import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.Question;
import dev.lasthop.linux.Capability;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Puts one fault of the catalogue into a lab. */
public final class LabBreak implements Command {
    private static final Argument<Fault> FAULT =
            Argument.one("FAULT", "the fault's id: lasthop faults lists them", FaultId::read);

    /** Stateless. */
    public LabBreak() {}

    @Override
    public String name() {
        return "lab break";
    }

    @Override
    public String summary() {
        return "Puts a fault of the catalogue into a lab";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(FAULT);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(LabWords.NAME);
    }

    @Override
    public List<String> examples() {
        return List.of("lab break ip-forward-disabled", "lab break publish-missing --name web");
    }

    @Override
    public Set<Capability> capabilities() {
        return LabWords.CAPABILITIES;
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Fault fault = invocation.argument(FAULT);
        Lab lab = LabWords.find(invocation.find(LabWords.NAME).orElse(LabWords.DEFAULT_NAME));
        Injection injection = LabWords.told(() -> lab.injection(fault));
        List<Step> steps =
                injection.steps().apply(lab.scene()); // before it is broken: they may depend on what is there
        LabWords.told(() -> {
            lab.inject(fault.id(), steps);
            return lab;
        });
        List<String> commands =
                steps.stream().flatMap(step -> step.commands().stream()).toList();
        Question question = Question.of(lab.scene(), injection);
        invocation
                .output()
                .result(() -> json(lab, fault, commands, question), () -> text(lab, fault, commands, question));
        return ExitCode.DONE;
    }

    private static JsonObject json(Lab lab, Fault fault, List<String> commands, Question question) {
        return JsonObject.builder()
                .put("schema", "lasthop.lab-fault/1")
                .put("name", lab.name())
                .put("fault", fault.id())
                .putStrings("commands", commands)
                .putStrings("ask", question.arguments())
                .build();
    }

    private static List<String> text(Lab lab, Fault fault, List<String> commands, Question question) {
        var lines = new ArrayList<String>();
        lines.add("The lab " + lab.name() + " has the fault " + fault.id() + " now: " + fault.title() + ".");
        lines.add("");
        commands.forEach(command -> lines.add("  " + command));
        if (commands.isEmpty()) {
            lines.add("  (nothing had to be changed for it)");
        }
        lines.add("");
        lines.add("What shows it, and what takes it out again:");
        String name = LabWords.option(lab.name());
        if (question.port().isPresent()) {
            lines.add("  lasthop lab serve" + name + "   (elsewhere: the service as this fault has it)");
        }
        lines.add("  lasthop diagnose " + String.join(" ", question.arguments()));
        lines.add("  lasthop lab mend" + name);
        return lines;
    }
}
