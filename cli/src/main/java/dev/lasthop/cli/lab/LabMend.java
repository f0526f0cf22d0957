package dev.lasthop.cli.lab;

import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Lab;
import dev.lasthop.linux.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes the fault out of a lab. */
public final class LabMend implements Command {
    /** Stateless. */
    public LabMend() {}

    @Override
    public String name() {
        return "lab mend";
    }

    @Override
    public String summary() {
        return "Takes the fault out of a lab, exactly as it was put in";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(LabWords.NAME);
    }

    @Override
    public Set<Capability> capabilities() {
        return LabWords.CAPABILITIES;
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Lab lab = LabWords.find(invocation.find(LabWords.NAME).orElse(LabWords.DEFAULT_NAME));
        Optional<String> fault = lab.fault();
        List<String> problems = fault.isEmpty() ? List.of() : LabWords.told(lab::mend);
        invocation.output().result(() -> json(lab, fault, problems), () -> text(lab, fault, problems));
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static JsonObject json(Lab lab, Optional<String> fault, List<String> problems) {
        JsonObject.Builder out =
                JsonObject.builder().put("schema", "lasthop.lab-mended/1").put("name", lab.name());
        fault.ifPresentOrElse(id -> out.put("fault", id), () -> out.putNull("fault"));
        return out.putStrings("failures", problems).build();
    }

    private static List<String> text(Lab lab, Optional<String> fault, List<String> problems) {
        var lines = new ArrayList<String>();
        lines.add(fault.map(id -> "The lab " + lab.name() + " is rid of " + id + ".")
                .orElse("There is no fault in the lab " + lab.name() + "."));
        if (!problems.isEmpty()) {
            lines.add("This could not be taken back (if --fix mended it before, it need not be):");
            problems.forEach(problem -> lines.add("  " + problem));
            lines.add("For a fresh one: lasthop lab down " + lab.name() + ", lasthop lab up "
                    + lab.scene().network() + LabWords.option(lab.name()));
        }
        return lines;
    }
}
