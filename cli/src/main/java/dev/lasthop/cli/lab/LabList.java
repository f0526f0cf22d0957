package dev.lasthop.cli.lab;

import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Table;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Labs;
import java.util.List;

/** The labs that there are. */
public final class LabList implements Command {
    /** Stateless. */
    public LabList() {}

    @Override
    public String name() {
        return "lab list";
    }

    @Override
    public String summary() {
        return "Lists the labs that are up";
    }

    @Override
    public ExitCode run(Invocation invocation) {
        List<Labs.Entry> entries = LabWords.labs().list();
        invocation.output().result(() -> json(entries), () -> text(entries));
        return ExitCode.DONE;
    }

    private static JsonObject json(List<Labs.Entry> entries) {
        return JsonObject.builder()
                .put("schema", "lasthop.labs/1")
                .put("labs", entries, LabList::json)
                .build();
    }

    private static JsonObject json(Labs.Entry entry) {
        JsonObject.Builder out = JsonObject.builder()
                .put("name", entry.name())
                .put("network", entry.network().toString())
                .putStrings("namespaces", entry.namespaces());
        entry.fault().ifPresentOrElse(fault -> out.put("fault", fault), () -> out.putNull("fault"));
        entry.owner().ifPresentOrElse(pid -> out.put("owner", pid), () -> out.putNull("owner"));
        return out.put("abandoned", entry.abandoned()).build();
    }

    private static List<String> text(List<Labs.Entry> entries) {
        if (entries.isEmpty()) {
            return List.of("No lab is up. lasthop lab up builds one.");
        }
        var table = new Table("name", "network", "fault", "namespaces", "stays");
        for (Labs.Entry entry : entries) {
            String stays = entry.abandoned()
                    ? "abandoned: lasthop gc removes it"
                    : entry.owner().map(pid -> "until process " + pid + " ends").orElse("until taken down");
            table.row(
                    entry.name(),
                    entry.network(),
                    entry.fault().orElse("-"),
                    String.join(" ", entry.namespaces()),
                    stays);
        }
        return table.lines();
    }
}
