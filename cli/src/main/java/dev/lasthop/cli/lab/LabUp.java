package dev.lasthop.cli.lab;

import dev.lasthop.address.Family;
import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Output;
import dev.lasthop.diagnosis.Injection.Ask;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Chapter;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.LabNetwork;
import dev.lasthop.lab.LabPlan;
import dev.lasthop.lab.LabScene;
import dev.lasthop.lab.Question;
import dev.lasthop.linux.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Builds a network that stays until it is taken down. */
public final class LabUp implements Command {
    private static final Argument<LabNetwork> NETWORK =
            Argument.optional("NETWORK", "which network to build (bridge)", LabUp::network);
    private static final Option<Boolean> DRY_RUN =
            Option.flag("dry-run", "build nothing; show the commands that a person would type");

    /** Stateless. */
    public LabUp() {}

    @Override
    public String name() {
        return "lab up";
    }

    @Override
    public String summary() {
        return "Builds a throw-away network, to learn on and to test with";
    }

    @Override
    public List<String> description() {
        var text = new ArrayList<String>();
        text.add(
                "The network is made of named network namespaces, and touches nothing else of the machine. It stays until it is "
                        + "taken down. The networks:");
        Stream.of(LabNetwork.values()).forEach(network -> text.add(network + ": " + network.summary() + "."));
        return text;
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(NETWORK);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(LabWords.NAME, DRY_RUN);
    }

    @Override
    public List<String> examples() {
        return List.of("lab up", "lab up published --name web", "lab up routed --dry-run");
    }

    @Override
    public Set<Capability> capabilities() {
        return LabWords.CAPABILITIES;
    }

    @Override
    public ExitCode run(Invocation invocation) {
        LabNetwork network = invocation.find(NETWORK).orElse(LabNetwork.BRIDGE);
        String name = invocation.find(LabWords.NAME).orElse(LabWords.DEFAULT_NAME);
        if (invocation.has(DRY_RUN)) {
            show(LabPlan.of(network, name), invocation.output());
            return ExitCode.DONE;
        }
        Lab lab = LabWords.told(() -> LabWords.labs().up(network, name));
        invocation.output().result(() -> LabWords.json(lab.scene()), () -> text(lab.scene()));
        return ExitCode.DONE;
    }

    private static void show(LabPlan plan, Output output) {
        output.result(
                () -> JsonObject.builder()
                        .put("schema", "lasthop.lab-plan/1")
                        .put("name", plan.scene().name())
                        .put("network", plan.scene().network())
                        .put("chapters", plan.chapters(), LabUp::chapter)
                        .build(),
                () -> plan.chapters().stream()
                        .flatMap(chapter -> Stream.of(List.of("# " + chapter.title()), chapter.commands(), List.of(""))
                                .flatMap(List::stream))
                        .toList());
    }

    private static JsonObject chapter(Chapter chapter) {
        return JsonObject.builder()
                .put("title", chapter.title())
                .putStrings("commands", chapter.commands())
                .build();
    }

    private static List<String> text(LabScene scene) {
        var lines = new ArrayList<String>();
        lines.add("The lab " + scene.name() + " is up: " + scene.kind().summary() + ".");
        lines.add("");
        lines.addAll(LabWords.parts(scene));
        lines.add("");
        boolean published = scene.kind() == LabNetwork.PUBLISHED;
        Question question =
                Question.of(scene, published ? Ask.OUTSIDE_CALLS_PUBLISHED : Ask.CONTAINER_PINGS_WORLD, Family.IPV4);
        String name = LabWords.option(scene.name());
        if (published) {
            lines.add("  lasthop lab serve" + name + "   (elsewhere: the service, for as long as this runs)");
        }
        lines.add("  lasthop diagnose " + String.join(" ", question.arguments()));
        lines.add("  lasthop lab break FAULT" + name + "   (lasthop faults lists them)");
        lines.add("  lasthop lab down" + (name.isEmpty() ? "" : " " + scene.name()));
        return lines;
    }

    private static LabNetwork network(String word) {
        return LabNetwork.find(word)
                .orElseThrow(() -> new IllegalArgumentException("it must be one of "
                        + Stream.of(LabNetwork.values())
                                .map(LabNetwork::toString)
                                .collect(Collectors.joining(", "))));
    }
}
