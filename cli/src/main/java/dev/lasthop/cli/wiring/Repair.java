package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.Wiring;
import java.util.ArrayList;
import java.util.List;

/** Puts back what others took away from Lasthop's networks: flushed rules, a deleted bridge, a lost address. */
public final class Repair implements WiringCommand {
    private static final Option<Boolean> CHECK = Option.flag("check", "only say what is not as it should be");

    /** Stateless. */
    public Repair() {}

    @Override
    public String name() {
        return "repair";
    }

    @Override
    public String summary() {
        return "puts back what others took away from Lasthop's networks";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(CHECK);
    }

    @Override
    public List<String> examples() {
        return List.of("repair --check", "repair");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        boolean check = invocation.has(CHECK);
        Wiring.Repaired repaired =
                WiringWords.with(invocation, wiring -> check ? wiring.planRepair() : wiring.repair());
        invocation.output().result(() -> json(repaired, !check), () -> text(repaired));
        return check && !repaired.found().isEmpty() ? ExitCode.FAULT_FOUND : ExitCode.DONE;
    }

    private static JsonObject json(Wiring.Repaired repaired, boolean done) {
        return JsonObject.builder()
                .put("schema", "lasthop.repair/1")
                .putStrings("found", repaired.found())
                .putStrings("commands", repaired.plan().commands())
                .put("repaired", done)
                .build();
    }

    private static List<String> text(Wiring.Repaired repaired) {
        if (repaired.found().isEmpty()) {
            return List.of("Everything is as it is on record.");
        }
        List<String> lines = new ArrayList<>(repaired.found());
        repaired.plan().commands().forEach(command -> lines.add("  " + command));
        return lines;
    }
}
