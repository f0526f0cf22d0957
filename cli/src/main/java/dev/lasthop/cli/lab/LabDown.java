package dev.lasthop.cli.lab;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.LabName;
import dev.lasthop.lab.Labs;
import dev.lasthop.linux.Capability;
import java.util.List;
import java.util.Set;

/** Removes labs. */
public final class LabDown implements Command {
    private static final Argument<String> WHICH =
            Argument.optional("NAME", "the lab to remove (lab)", LabName::require);
    private static final Option<Boolean> ALL = Option.flag("all", "remove every lab that there is");

    /** Stateless. */
    public LabDown() {}

    @Override
    public String name() {
        return "lab down";
    }

    @Override
    public String summary() {
        return "Removes a lab and all that is in it";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WHICH);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(LabWords.NAME, ALL);
    }

    @Override
    public Set<Capability> capabilities() {
        return LabWords.CAPABILITIES;
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Labs labs = LabWords.labs();
        List<String> names = names(invocation, labs);
        for (String name : names) {
            if (!labs.down(name)) {
                throw LabWords.none(name);
            }
        }
        invocation.output().result(() -> json(names), () -> text(names));
        return ExitCode.DONE;
    }

    private static List<String> names(Invocation invocation, Labs labs) {
        boolean named = invocation.find(WHICH).isPresent() || invocation.has(LabWords.NAME);
        if (invocation.has(ALL)) {
            if (named) {
                throw CommandException.usage("both --all and a name are given", "", "leave one of them out");
            }
            return labs.names();
        }
        return List.of(
                invocation.find(WHICH).or(() -> invocation.find(LabWords.NAME)).orElse(LabWords.DEFAULT_NAME));
    }

    private static JsonObject json(List<String> names) {
        return JsonObject.builder()
                .put("schema", "lasthop.labs-removed/1")
                .putStrings("removed", names)
                .build();
    }

    private static List<String> text(List<String> names) {
        return names.isEmpty()
                ? List.of("No lab was up.")
                : names.stream().map(name -> "The lab " + name + " is removed.").toList();
    }
}
