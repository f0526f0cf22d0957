package dev.lasthop.cli.lab;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Format;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.LabScene;
import dev.lasthop.linux.Capability;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.step.Place;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The user's shell in one of a lab's namespaces. The only place where Lasthop starts a program: the one asked for. */
public final class LabShell implements Command {
    /** Whose namespace. */
    public enum Part {
        CONTAINER,
        NODE,
        OUTSIDE,
        SECOND
    }

    private static final Argument<Part> PART =
            Argument.optional("PART", "container (the default), node, outside or second", Reader.choice(Part.class));
    private static final Option<Boolean> PRINT = Option.flag("print", "only show the command line that enters it");

    /** Stateless. */
    public LabShell() {}

    @Override
    public String name() {
        return "lab shell";
    }

    @Override
    public String summary() {
        return "Starts a shell in one of a lab's namespaces";
    }

    @Override
    public List<String> description() {
        return List.of(
                "The shell is $SHELL, or /bin/sh. Only its network is the lab's: files and processes are the machine's, "
                        + "/sys included.");
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(PART);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(LabWords.NAME, PRINT);
    }

    @Override
    public Set<Capability> capabilities() {
        return LabWords.CAPABILITIES;
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Lab lab = LabWords.find(invocation.find(LabWords.NAME).orElse(LabWords.DEFAULT_NAME));
        Place.Named place = place(lab.scene(), invocation.find(PART).orElse(Part.CONTAINER));
        String shell = System.getenv().getOrDefault("SHELL", "/bin/sh");
        if (invocation.has(PRINT) || invocation.output().format() == Format.JSON) {
            String line = place.run(shell);
            invocation.output().result(() -> json(lab, place, line), () -> List.of(line));
            return ExitCode.DONE;
        }
        invocation.output().progress("A shell in " + place.label() + "; exit leaves it.");
        int code = run(place, shell);
        return code == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static int run(Place.Named place, String shell) {
        var builder = new ProcessBuilder(shell).inheritIO();
        builder.environment().put("LASTHOP_LAB", place.name());
        try (NetworkNamespace namespace = NetworkNamespace.open(NamedNamespaces.path(place.name()))) {
            // a child process starts in the namespace of the thread that starts it
            Process process = namespace.call(builder::start);
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof IOException cause) {
                throw CommandException.failed(
                        "cannot start " + shell, String.valueOf(cause.getMessage()), "name another in SHELL");
            }
            throw e;
        }
    }

    private static Place.Named place(LabScene scene, Part part) {
        Place place = switch (part) {
            case CONTAINER -> scene.container();
            case NODE -> scene.node();
            case OUTSIDE -> scene.outside();
            case SECOND ->
                scene.second()
                        .orElseThrow(() -> CommandException.usage(
                                "the lab " + scene.name() + " has no second container",
                                "its network is " + scene.network(),
                                "choose container, node or outside"));
        };
        return (Place.Named) place; // a lab's namespaces all have names
    }

    private static JsonObject json(Lab lab, Place place, String line) {
        return JsonObject.builder()
                .put("schema", "lasthop.lab-shell/1")
                .put("name", lab.name())
                .put("namespace", place.label())
                .put("command", line)
                .build();
    }
}
