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
    private static final Option<Boolean> COMMANDS =
            Option.flag("commands", "show all that is done, as commands, however much it is");

    private static final int DIFFERENCES = 12; // on one screen, with
    private static final int LINES = 3; // of each

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
        return List.of(CHECK, COMMANDS);
    }

    @Override
    public List<String> examples() {
        return List.of("repair --check", "repair", "repair --commands");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        boolean check = invocation.has(CHECK);
        Wiring.Repaired repaired =
                WiringWords.with(invocation, wiring -> check ? wiring.planRepair() : wiring.repair());
        invocation
                .output()
                .result(() -> json(repaired, !check), () -> text(repaired, !check, invocation.has(COMMANDS)));
        return check && !repaired.found().isEmpty() ? ExitCode.FAULT_FOUND : ExitCode.DONE;
    }

    private static JsonObject json(Wiring.Repaired repaired, boolean done) {
        return JsonObject.builder()
                .put("schema", "lasthop.repair/1")
                .put("differences", repaired.differences(), Repair::json)
                .putStrings("found", repaired.found())
                .putStrings("commands", repaired.plan().commands())
                .put("repaired", done)
                .build();
    }

    private static JsonObject json(Wiring.Lost lost) {
        return JsonObject.builder()
                .put("what", lost.what())
                .putStrings("commands", commands(lost))
                .build();
    }

    static List<String> text(Wiring.Repaired repaired, boolean done, boolean all) {
        List<Wiring.Lost> differences = repaired.differences();
        if (differences.isEmpty()) {
            return List.of("Everything is as it is on record.");
        }
        List<String> lines = new ArrayList<>();
        int shown = all ? differences.size() : Math.min(DIFFERENCES, differences.size());
        for (Wiring.Lost lost : differences.subList(0, shown)) {
            lines.add(lost.what());
            List<String> commands = commands(lost);
            int few = all || commands.size() == LINES + 1 ? commands.size() : Math.min(LINES, commands.size());
            commands.subList(0, few).forEach(command -> lines.add("  " + command));
            if (few < commands.size()) {
                lines.add("  … and %d more; --commands shows all".formatted(commands.size() - few));
            }
        }
        if (shown < differences.size()) {
            lines.add("… and %d more differences; --commands shows all".formatted(differences.size() - shown));
        }
        lines.add(ending(differences, done));
        return lines;
    }

    private static String ending(List<Wiring.Lost> differences, boolean done) {
        long mended =
                differences.stream().filter(lost -> !lost.steps().isEmpty()).count();
        long left = differences.size() - mended;
        String what = mended + (mended == 1 ? " difference" : " differences");
        return (done ? what + " put back" : what + " to put back: lasthop repair does it")
                + (left == 0 ? "." : "; " + left + " not Lasthop's to put back.");
    }

    private static List<String> commands(Wiring.Lost lost) {
        return lost.steps().stream().flatMap(step -> step.commands().stream()).toList();
    }
}
