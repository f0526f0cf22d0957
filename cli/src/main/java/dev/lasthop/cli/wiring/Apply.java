package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.declaration.Action;
import dev.lasthop.declaration.Declaration;
import dev.lasthop.declaration.DeclarationException;
import dev.lasthop.declaration.Difference;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.List;

/** Brings about what a file declares. */
public final class Apply implements WiringCommand {
    private static final Option<String> FILE = Option.value(
                    "file",
                    "FILE",
                    "the declaration, YAML or JSON; - reads standard input; must be given",
                    Reader.text())
            .letter('f');
    private static final Option<Boolean> PRUNE =
            Option.flag("prune", "also take away the networks and endpoints that the file does not declare");
    private static final Option<Boolean> DRY_RUN = Option.flag("dry-run", "show the difference, and change nothing");

    /** Stateless. */
    public Apply() {}

    @Override
    public String name() {
        return "apply";
    }

    @Override
    public String summary() {
        return "makes networks and endpoints what a file declares";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(FILE, PRUNE, DRY_RUN);
    }

    @Override
    public List<String> examples() {
        return List.of("apply -f networks.yaml --dry-run", "apply -f networks.yaml --prune");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Declaration declaration = declaration(invocation);
        return WiringWords.with(wiring -> {
            Difference difference = Difference.between(declaration, wiring, invocation.has(PRUNE));
            if (invocation.has(DRY_RUN)) {
                show(invocation, difference, List.of());
                return ExitCode.DONE;
            }
            List<Action.Outcome> outcomes = difference.apply(wiring);
            List<Action.Outcome> failures = outcomes.stream()
                    .filter(outcome -> outcome.failure().isPresent())
                    .toList();
            show(invocation, difference, failures);
            return failures.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
        });
    }

    private static Declaration declaration(Invocation invocation) {
        String file = invocation
                .find(FILE)
                .orElseThrow(() -> CommandException.usage(
                        "--file is missing", "", "lasthop apply -f FILE; the guide shows what stands in it"));
        try {
            return Declaration.read(file, System.in, Apply::place);
        } catch (DeclarationException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()), "", "Nothing was changed.");
        }
    }

    /** A name that says itself what it is need not be there yet. */
    private static Place place(String text) {
        try {
            return Place.parse(text);
        } catch (IllegalArgumentException e) {
            try {
                return WiringWords.place(text);
            } catch (CommandException unknown) {
                throw new IllegalArgumentException(unknown.getMessage(), unknown);
            }
        }
    }

    private static void show(Invocation invocation, Difference difference, List<Action.Outcome> failures) {
        invocation
                .output()
                .result(
                        () -> JsonObject.builder()
                                .put("schema", "lasthop.apply/1")
                                .put("dryRun", invocation.has(DRY_RUN))
                                .put("changes", difference.actions(), Action::toJson)
                                .put("failures", failures, Apply::json)
                                .build(),
                        () -> text(difference, failures));
    }

    private static JsonObject json(Action.Outcome failure) {
        return JsonObject.builder()
                .put("subject", failure.action().subject())
                .put("reason", failure.failure().orElse(""))
                .build();
    }

    private static List<String> text(Difference difference, List<Action.Outcome> failures) {
        if (difference.actions().isEmpty()) {
            return List.of("nothing to change: everything is as declared");
        }
        var lines = new ArrayList<String>();
        for (Action action : difference.actions()) {
            lines.add(action.toString());
            failures.stream()
                    .filter(failure -> failure.action().equals(action))
                    .forEach(failure ->
                            lines.add("  failed: " + failure.failure().orElse("")));
        }
        if (!failures.isEmpty()) {
            lines.add(failures.size() + " of " + difference.actions().size()
                    + " changes failed; what they were about is as it was before");
        }
        return lines;
    }
}
