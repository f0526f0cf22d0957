package dev.lasthop.cli.lab;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Table;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.LabException;
import dev.lasthop.lab.LabName;
import dev.lasthop.lab.LabScene;
import dev.lasthop.lab.Labs;
import dev.lasthop.linux.Capability;
import dev.lasthop.wiring.step.Place;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** What the commands of the lab have in common. */
final class LabWords {
    static final String DEFAULT_NAME = "lab";

    static final Option<String> NAME = Option.value(
            "name", "NAME", "the lab's name, which begins those of its namespaces (lab)", LabName::require);

    static final Set<Capability> CAPABILITIES = EnumSet.of(Capability.NET_ADMIN, Capability.SYS_ADMIN);

    private LabWords() {}

    static Labs labs() {
        return Labs.ofEnvironment(System.getenv());
    }

    /** The lab of that name; an error that names the others if there is none. */
    static Lab find(String name) {
        return told(() -> labs().find(name)).orElseThrow(() -> none(name));
    }

    static CommandException none(String name) {
        List<String> names = labs().names();
        return CommandException.failed(
                "there is no lab " + name,
                names.isEmpty() ? "no lab is up" : "those that are up: " + String.join(", ", names),
                names.isEmpty() ? "lasthop lab up builds one" : "name one with --name");
    }

    /** Runs it, and tells the lab's own failures as a command's. */
    static <T> T told(Supplier<T> work) {
        try {
            return work.get();
        } catch (LabException e) {
            throw CommandException.failed(e.message(), e.reason(), e.next());
        }
    }

    /** {@code --name NAME} for a command that is to be typed, where it is needed. */
    static String option(String name) {
        return name.equals(DEFAULT_NAME) ? "" : " --name " + name;
    }

    /** Who plays which part, with which interfaces and addresses. */
    static List<String> parts(LabScene scene) {
        var table = new Table("part", "namespace", "interface", "IPv4", "IPv6");
        row(table, "container", scene.container(), scene.containerLink(), both(scene::containerAddress));
        scene.second()
                .ifPresent(second -> row(
                        table,
                        "second",
                        second,
                        scene.containerLink(),
                        both(family -> scene.secondAddress(family).orElseThrow())));
        switch (scene.kind()) {
            case MACVLAN, MACVLAN_BRIDGE -> row(table, "node", scene.node(), scene.bridge(), both(scene::nodeAddress));
            case ROUTED -> {
                row(table, "node", scene.node(), scene.hostEnd(), List.of("", ""));
                row(table, "", Place.HOST, scene.uplink(), both(scene::nodeAddress));
            }
            default -> {
                row(table, "node", scene.node(), scene.bridge(), both(scene::gateway));
                row(table, "", Place.HOST, scene.uplink(), both(scene::nodeAddress));
            }
        }
        row(table, "outside", scene.outside(), scene.outsideLink(), both(scene::outsideAddress));
        row(table, "", Place.HOST, "lo", both(family -> Prefix.of(scene.world(family))));
        return table.lines();
    }

    static JsonObject json(LabScene scene) {
        JsonObject.Builder namespaces = JsonObject.builder()
                .put("container", scene.container().label())
                .put("node", scene.node().label())
                .put("outside", scene.outside().label());
        scene.second().ifPresent(second -> namespaces.put("second", second.label()));
        return JsonObject.builder()
                .put("schema", "lasthop.lab/1")
                .put("name", scene.name())
                .put("network", scene.network())
                .put("namespaces", namespaces.build())
                .put("container", addresses(scene::containerAddress))
                .put("gateway", addresses(scene::gateway))
                .put("node", addresses(scene::nodeAddress))
                .put("outside", addresses(scene::outsideAddress))
                .put("world", addresses(family -> Prefix.of(scene.world(family))))
                .build();
    }

    private static JsonObject addresses(java.util.function.Function<Family, Prefix> of) {
        return JsonObject.builder()
                .put("ipv4", text(of.apply(Family.IPV4)))
                .put("ipv6", text(of.apply(Family.IPV6)))
                .build();
    }

    private static List<String> both(java.util.function.Function<Family, Prefix> of) {
        return List.of(text(of.apply(Family.IPV4)), text(of.apply(Family.IPV6)));
    }

    private static String text(Prefix prefix) {
        return prefix.isSingle() ? prefix.address().toString() : prefix.toString();
    }

    private static void row(Table table, String part, Place place, String link, List<String> addresses) {
        String namespace = place instanceof Place.Named named ? named.name() : "";
        table.row(part, namespace, link, addresses.getFirst(), addresses.getLast());
    }
}
