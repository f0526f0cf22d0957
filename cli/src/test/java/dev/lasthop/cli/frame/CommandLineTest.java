package dev.lasthop.cli.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonObject;
import dev.lasthop.linux.Capability;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private static final Option<Integer> SIZE =
            Option.value("size", "BYTES", "length of the packet", Reader.integer(28, 65535));
    private static final Option<String> PUBLISH =
            Option.value("publish", "PORTS", "a port to publish", Reader.text()).repeated();
    private static final Option<Boolean> FIX = Option.flag("fix", "mend it").letter('f');
    private static final Argument<String> SOURCE = Argument.one("SOURCE", "where from", Reader.text());
    private static final Argument<String> REST = Argument.any("MORE", "what else", Reader.text());

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> seen = new ArrayList<>();
    private Function<Invocation, ExitCode> behaviour = _ -> ExitCode.DONE;

    private record Fake(
            String name, List<Argument<?>> arguments, List<Option<?>> options, Function<Invocation, ExitCode> work)
            implements Command {
        @Override
        public String summary() {
            return "does " + name;
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of(Capability.NET_ADMIN);
        }

        @Override
        public ExitCode run(Invocation invocation) {
            return work.apply(invocation);
        }
    }

    private int run(String... words) {
        out.reset();
        err.reset();
        seen.clear();
        Function<Invocation, ExitCode> work = invocation -> {
            invocation.find(SOURCE).ifPresent(seen::add);
            seen.addAll(invocation.all(REST));
            invocation.find(SIZE).ifPresent(size -> seen.add("size=" + size));
            seen.addAll(invocation.all(PUBLISH));
            if (invocation.has(FIX)) {
                seen.add("fix");
            }
            return behaviour.apply(invocation);
        };
        List<Command> commands = List.of(
                new Fake("diagnose", List.of(SOURCE, REST), List.of(SIZE, PUBLISH, FIX), work),
                new Fake("network create", List.of(SOURCE), List.of(), work),
                new Fake("network rm", List.of(SOURCE), List.of(), work));
        var in = new ByteArrayInputStream(new byte[0]);
        return new CommandLine(commands, "1.2.3")
                .run(List.of(words), new Streams(in, stream(out), stream(err), Terminal.NONE));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, false, StandardCharsets.UTF_8);
    }

    private String stdout() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String stderr() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void optionsStandAnywhereInEveryForm() {
        assertThat(run(
                        "-v",
                        "diagnose",
                        "--size",
                        "1500",
                        "c1",
                        "-f",
                        "--publish=80:80",
                        "x",
                        "--publish",
                        "81",
                        "--",
                        "-y"))
                .isZero();
        assertThat(seen).containsExactly("c1", "x", "-y", "size=1500", "80:80", "81", "fix");
        assertThat(run("--format", "json", "network", "-q", "create", "lab")).isZero();
        assertThat(seen).containsExactly("lab");
    }

    @Test
    void aWrongCommandLineIsExitCode2AndSaysWhatWasMeant() {
        assertThat(run("diagnos", "x")).isEqualTo(2);
        assertThat(stderr()).isEqualTo("lasthop: unknown command \"diagnos\"\n  did you mean \"diagnose\"?\n");
        assertThat(run("network", "craete", "x")).isEqualTo(2);
        assertThat(stderr()).contains("unknown command \"network craete\"", "did you mean \"network create\"?");
        assertThat(run("network")).isEqualTo(2);
        assertThat(stderr()).contains("\"network\" needs another word", "create, rm");
        assertThat(run("diagnose", "x", "--szie", "3")).isEqualTo(2);
        assertThat(stderr()).contains("unknown option --szie", "did you mean --size?");
        assertThat(run("diagnose", "x", "--size", "abc")).isEqualTo(2);
        assertThat(stderr()).contains("--size cannot be \"abc\"", "a whole number from 28 to 65535");
        assertThat(run("diagnose", "x", "--size")).isEqualTo(2);
        assertThat(stderr()).contains("--size needs a value", "--size BYTES");
        assertThat(run("diagnose", "x", "--size=30", "--size=31")).isEqualTo(2);
        assertThat(run("diagnose", "x", "--fix=yes")).isEqualTo(2);
        assertThat(run("diagnose")).isEqualTo(2);
        assertThat(stderr()).contains("SOURCE is missing", "see lasthop diagnose --help");
        assertThat(run("network", "rm", "a", "b")).isEqualTo(2);
        assertThat(run("diagnose", "x", "-v", "-q")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(run("diagnose", "x", "--format", "xml")).isEqualTo(2);
        assertThat(stderr()).contains("it must be one of text, json");
        assertThat(stdout()).isEmpty();
    }

    @Test
    void helpAndVersionComeFirst() {
        assertThat(run("--version")).isZero();
        assertThat(stdout()).isEqualTo("lasthop 1.2.3\n");
        assertThat(run("--help")).isZero();
        assertThat(stdout()).contains("diagnose", "does network create");
        assertThat(run("diagnose", "--help")).isZero();
        assertThat(stdout())
                .contains(
                        "lasthop diagnose SOURCE [MORE…] [OPTION]…",
                        "--size BYTES",
                        "-f,",
                        "may be given more than once");
        assertThat(run("network", "--help")).isZero();
        assertThat(stdout()).contains("network create", "network rm").doesNotContain("diagnose");
    }

    @Test
    void jsonIsOneDocumentAlsoOnFailure() {
        behaviour = invocation -> {
            invocation.output().line("text");
            invocation.output().result(() -> JsonObject.builder().put("a", 1).build(), List::of);
            return ExitCode.FAULT_FOUND;
        };
        assertThat(run("diagnose", "x", "--format=json")).isEqualTo(1);
        assertThat(stdout()).isEqualTo("{\n  \"a\": 1\n}\n");

        Function<Invocation, ExitCode> good = behaviour;
        behaviour = invocation -> {
            good.apply(invocation);
            throw CommandException.failed("cannot connect c1", "the name is taken", "choose another");
        };
        assertThat(run("diagnose", "x", "--format=json")).isEqualTo(1);
        assertThat(Json.compact(Json.read(stdout())))
                .isEqualTo("{\"schema\":\"lasthop.error/1\",\"error\":{\"message\":\"cannot connect c1\","
                        + "\"reason\":\"the name is taken\",\"next\":\"choose another\",\"exitCode\":1}}");
        assertThat(run("nonsense", "--format", "json")).isEqualTo(2);
        assertThat(((JsonObject) Json.read(stdout())).object("error").integer("exitCode"))
                .isEqualTo(2);
        assertThat(run("--format", "json")).isEqualTo(2);
        assertThat(Json.read(stdout())).isInstanceOf(JsonObject.class);
        assertThat(run("--version", "--format", "json")).isZero();
        assertThat(((JsonObject) Json.read(stdout())).string("version")).isEqualTo("1.2.3");
    }

    @Test
    void whatTheKernelForbidsOrDoesNotKnowIsExitCode3() {
        behaviour = _ -> {
            throw new KernelException("create a veth", Errno.EPERM);
        };
        assertThat(run("diagnose", "x")).isEqualTo(3);
        assertThat(stderr()).contains("not permitted to create a veth", "EPERM");
        if (!Capability.effective().contains(Capability.NET_ADMIN)) {
            assertThat(stderr()).contains("CAP_NET_ADMIN is missing", "sudo lasthop");
        }
        behaviour = _ -> {
            throw new KernelException("load a program", Errno.ENOSYS);
        };
        assertThat(run("diagnose", "x")).isEqualTo(3);
        behaviour = _ -> {
            throw new KernelException("create a bridge", Errno.EEXIST, "File exists");
        };
        assertThat(run("diagnose", "x")).isEqualTo(1);
        assertThat(stderr()).contains("cannot create a bridge", "EEXIST: File exists");
    }

    @Test
    void aMistakeOfOursIsToldAndTracedOnlyWhenAsked() {
        behaviour = _ -> {
            throw new IllegalStateException("oops");
        };
        assertThat(run("diagnose", "x")).isEqualTo(1);
        assertThat(stderr()).contains("internal error", "oops").doesNotContain("\tat ");
        assertThat(run("diagnose", "x", "-v")).isEqualTo(1);
        assertThat(stderr()).contains("\tat ");
    }

    @Test
    void progressGoesToStandardErrorAndNamesCannotSteerTheTerminal() {
        behaviour = invocation -> {
            invocation.output().progress("attaching");
            invocation.output().detail("13 programs");
            invocation.output().line("if \u001b[2J\u001b]0;x\u0007 \u202e");
            invocation.output().waitForEnter("press Enter");
            return ExitCode.INCONCLUSIVE;
        };
        assertThat(run("diagnose", "x")).isEqualTo(4);
        assertThat(stdout()).isEqualTo("if ?[2J?]0;x? ?\n");
        assertThat(stderr()).isEqualTo("attaching\npress Enter\n");
        run("diagnose", "x", "-q");
        assertThat(stderr()).isEqualTo("press Enter\n");
        run("diagnose", "x", "-v");
        assertThat(stderr()).contains("13 programs");
    }
}
