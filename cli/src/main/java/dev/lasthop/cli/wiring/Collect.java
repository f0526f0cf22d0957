package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.LabException;
import dev.lasthop.lab.Labs;
import dev.lasthop.wiring.Wiring;
import java.util.ArrayList;
import java.util.List;

/** Takes away what killed processes and vanished namespaces left behind. */
public final class Collect implements WiringCommand {
    /** Stateless. */
    public Collect() {}

    @Override
    public String name() {
        return "gc";
    }

    @Override
    public String summary() {
        return "takes away what killed processes and vanished namespaces left behind";
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Wiring.Collected collected = WiringWords.with(wiring -> {
            Wiring.Collected done = wiring.gc();
            wiring.damaged().forEach(invocation.output()::warning);
            return done;
        });
        List<String> removed = new ArrayList<>(collected.removed());
        try {
            Labs.ofEnvironment(System.getenv()).collect().forEach(name -> removed.add("removed abandoned lab " + name));
        } catch (LabException e) {
            throw CommandException.failed(e.message(), e.reason(), e.next());
        }
        invocation
                .output()
                .result(
                        () -> JsonObject.builder()
                                .put("schema", "lasthop.collected/1")
                                .putStrings("removed", removed)
                                .putStrings("kept", collected.kept())
                                .build(),
                        () -> text(removed, collected.kept()));
        return ExitCode.DONE;
    }

    private static List<String> text(List<String> removed, List<String> kept) {
        List<String> lines = new ArrayList<>(removed);
        lines.addAll(kept);
        return lines.isEmpty() ? List.of("Nothing was left behind.") : lines;
    }
}
