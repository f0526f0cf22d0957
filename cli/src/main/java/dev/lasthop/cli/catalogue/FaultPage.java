package dev.lasthop.cli.catalogue;

import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the catalogue says of one fault: as text, as JSON, and as a page of the documentation. */
final class FaultPage {
    private FaultPage() {}

    /** Whether and where it can be shown, in a sentence. */
    static String proof(Fault fault) {
        List<Injection> injections = fault.injections();
        if (injections.isEmpty()) {
            return "The lab has no way to make it.";
        }
        List<String> networks =
                injections.stream().map(Injection::network).distinct().toList();
        return "The lab makes it in the network" + (networks.size() > 1 ? "s " : " ") + String.join(", ", networks)
                + ".";
    }

    /** How it looks where the lab makes it. */
    static String shows(Injection injection) {
        String side = injection
                .side()
                .map(Side::toString)
                .map(word -> " (" + word + ")")
                .orElse("");
        return "In the network %s, asked %s over %s: verdict %s%s%s."
                .formatted(
                        injection.network(),
                        asked(injection.ask()),
                        injection.family() == dev.lasthop.address.Family.IPV4 ? "IPv4" : "IPv6",
                        injection.verdict(),
                        side,
                        injection.mendable() ? "; --fix mends it" : "; a person has to mend it");
    }

    static List<String> commands(Fault fault) {
        return fault.injections().isEmpty()
                ? List.of()
                : List.of(
                        "lasthop demo --fault " + fault.id(),
                        "lasthop lab up " + fault.injections().getFirst().network(),
                        "lasthop lab break " + fault.id());
    }

    static JsonObject json(Fault fault) {
        return JsonObject.builder()
                .put("id", fault.id())
                .put("group", fault.group().toString())
                .put("title", fault.title())
                .put("recognised", fault.page().recognised())
                .put("mending", fault.page().mending())
                .put("intermittent", fault.isIntermittent())
                .put("provable", !fault.injections().isEmpty())
                .put("proof", proof(fault))
                .put(
                        "lab",
                        fault.injections(),
                        injection -> JsonObject.builder()
                                .put("network", injection.network())
                                .put("family", injection.family().toString())
                                .put("verdict", injection.verdict().toString())
                                .put("mendable", injection.mendable())
                                .build())
                .build();
    }

    /** The page under docs/faults, in Markdown. */
    static String markdown(Fault fault) {
        var lines = new ArrayList<String>();
        lines.add("<!-- Made from the fault's class. Do not edit: docs/write-fault-pages writes it. -->");
        lines.add("# `" + fault.id() + "`");
        lines.add("");
        lines.add(fault.title() + ".");
        lines.add("");
        lines.add("| | |");
        lines.add("| --- | --- |");
        lines.add("| chapter | " + fault.group() + " |");
        if (fault.isIntermittent()) {
            lines.add("| breaks | only some of the packets or connections |");
        }
        lines.add("");
        lines.add("## How it is recognised");
        lines.add(fault.page().recognised());
        lines.add("");
        lines.add("## How it is mended");
        lines.add(fault.page().mending());
        lines.add("");
        lines.add("## See it");
        lines.add(proof(fault));
        fault.injections().stream().map(FaultPage::shows).distinct().forEach(line -> lines.add("- " + line));
        List<String> commands = commands(fault);
        if (!commands.isEmpty()) {
            lines.add("");
            lines.add("```sh");
            lines.addAll(commands);
            lines.add("```");
        }
        return String.join("\n", lines) + "\n";
    }

    /** The page that lists the others. */
    static String index(List<Fault> faults) {
        var lines = new ArrayList<String>();
        lines.add("<!-- Made from the faults' classes. Do not edit: docs/write-fault-pages writes it. -->");
        lines.add("# The fault catalogue");
        lines.add("");
        lines.add(
                "Every cause that `lasthop diagnose` can name. The ids are stable. `lasthop faults` lists them, `lasthop faults ID` "
                        + "says what these pages say.");
        for (Group group : Group.values()) {
            List<Fault> members =
                    faults.stream().filter(fault -> fault.group() == group).toList();
            if (!members.isEmpty()) {
                lines.addAll(List.of(
                        "", "## " + group, "| id | what is wrong | the lab's network |", "| --- | --- | --- |"));
                members.forEach(fault -> lines.add("| [`%s`](%s.md) | %s | %s |"
                        .formatted(fault.id(), fault.id(), fault.title(), network(fault))));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    static String network(Fault fault) {
        return fault.injections().stream().map(Injection::network).findFirst().orElse("-");
    }

    private static String asked(Injection.Ask ask) {
        return switch (ask) {
            case CONTAINER_PINGS_WORLD -> "for a ping from the container to the world";
            case CONTAINER_PINGS_WORLD_LARGE -> "for a ping of 1500 bytes from the container to the world";
            case CONTAINER_PINGS_GATEWAY -> "for a ping from the container to its gateway";
            case CONTAINER_PINGS_SECOND -> "for a ping from one container to the other";
            case CONTAINER_PINGS_NODE -> "for a ping from the container to its node";
            case CONTAINER_PINGS_NOBODY ->
                "for a ping from the container to an address beside the node that nobody has";
            case CONTAINER_CALLS_WORLD -> "for a TCP connection from the container to the world";
            case OUTSIDE_CALLS_PUBLISHED -> "for a TCP connection from outside to the published port";
            case OUTSIDE_CALLS_PUBLISHED_AGAIN ->
                "for a TCP connection from outside to the published port, from the port that was called from before";
        };
    }

    /** The name of a fault's page. */
    static String file(Fault fault) {
        return fault.id().toLowerCase(Locale.ROOT) + ".md";
    }
}
