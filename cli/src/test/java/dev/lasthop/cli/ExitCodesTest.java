package dev.lasthop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.json.JsonObject;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract's exit codes, and that JSON is one document whatever happens, command by command. */
@KernelTest
class ExitCodesTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void up() {
        assertThat(Run.of("lab up bridge --name e").code()).isZero();
        assertThat(Run.of("lab up bridge --name f").code()).isZero();
        assertThat(Run.of("lab break no-default-route --name f").code()).isZero();
    }

    @AfterAll
    static void down() {
        Run.of("lab down --all");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | --version",
                "0 | --help",
                "0 | diagnose --help",
                "0 | ls",
                "0 | network ls",
                "0 | gc",
                "0 | lab list",
                "0 | faults",
                "0 | faults ip-forward-disabled",
                "0 | path netns:e-container 39.106.233.176",
                "0 | trace netns:e-container 39.106.233.176",
                "0 | diagnose netns:e-container 39.106.233.176",
                "0 | diagnose netns:e-container [2001:db8:39::176]",
                "0 | network create x --subnet 10.98.0.0/24 --dry-run",
                "1 | path netns:f-container 39.106.233.176",
                "1 | trace netns:f-container 39.106.233.176",
                "1 | diagnose netns:f-container 39.106.233.176",
                "1 | diagnose netns:e-container 39.106.233.176:81",
                "1 | network rm nothere",
                "1 | network inspect nothere",
                "1 | lab down nothere",
                "1 | trace pid:999999999 39.106.233.176",
                "2 | ''",
                "2 | nonsense",
                "2 | network",
                "2 | lab",
                "2 | diagnose",
                "2 | diagnose netns:e-container",
                "2 | diagnose netns:e-container 39.106.233.176 and more",
                "2 | diagnose netns:e-container 39.106.233.176 --nonsense",
                "2 | diagnose netns:e-container 39.106.233.176 --size 7",
                "2 | diagnose netns:e-container 39.106.233.176 --observe eyes",
                "2 | diagnose netns:e-container 39.106.233.176 -4 -6",
                "2 | diagnose netns:e-container 39.106.233.176:99999",
                "2 | diagnose netns:e-container 39.106.233.176:80 --protocol icmp",
                "2 | diagnose netns:e-container 39.106.233.176 --protocol tcp",
                "2 | diagnose nothere 39.106.233.176",
                "2 | diagnose netns:../../etc/passwd 39.106.233.176",
                "2 | diagnose wrong:e 39.106.233.176",
                "2 | diagnose --replay /nowhere",
                "2 | diagnose --replay /etc/passwd",
                "2 | trace netns:e-container 39.106.233.176 --wait 5",
                "2 | faults nothere",
                "2 | demo --fault nothere",
                "2 | network create x --subnet 10.0.0.0/99",
                "2 | connect netns:e-container",
                "3 | trace netns:e-container 39.106.233.176:80 --protocol sctp",
                "3 | demo --fault conntrack-insert-failed",
            })
    void byCommand(int code, String line) {
        Run json = Run.json(line);
        assertThat(json.code()).as(json.toString()).isEqualTo(code);
        JsonObject document = json.document();
        assertThat(document.string("schema")).startsWith("lasthop.");
        if (document.string("schema").equals("lasthop.error/1")) {
            JsonObject error = document.object("error");
            assertThat(error.integer("exitCode")).isEqualTo(code);
            assertThat(error.string("message")).isNotBlank().doesNotContain("Exception");
        }
        if (code == 2) {
            Run text = Run.of(line);
            assertThat(text.code()).isEqualTo(code);
            assertThat(text.out()).as(text.toString()).isEmpty();
            assertThat(text.err()).startsWith("lasthop: ");
        }
    }

    /** Packets that are lost where nobody can say why: nothing is guessed. */
    @Test
    void inconclusive() {
        Tool.line("ip -n e-outside link add blind type veth peer name end");
        Tool.line("ip -n e-outside link set blind up");
        Tool.line("ip -n e-outside link set end up");
        Tool.line("tc -n e-outside qdisc add dev eth0 clsact");
        Tool.line(
                "tc -n e-outside filter add dev eth0 ingress protocol ip u32 match ip protocol 1 0xff action mirred egress redirect dev blind");
        Run run = Run.json("diagnose netns:e-container 39.106.233.176");
        Tool.line("tc -n e-outside qdisc del dev eth0 clsact");
        assertThat(run.document().findObject("cause")).as(run.toString()).isEmpty();
        assertThat(run.code()).as(run.toString()).isEqualTo(4);
    }

    @Test
    void savedAndReplayed() throws IOException {
        Path file = folder.resolve("d");
        Run live = Run.json("diagnose netns:f-container 39.106.233.176 --save " + file);
        Run replayed = Run.json("diagnose --replay " + file);
        assertThat(replayed.code()).isEqualTo(live.code());
        assertThat(replayed.out()).isEqualTo(live.out());
        Files.write(file, List.of("damaged"));
        assertThat(Run.json("diagnose --replay " + file).code()).isEqualTo(2);
        assertThat(Run.json("diagnose netns:f-container 39.106.233.176 --save /nowhere/d")
                        .code())
                .isEqualTo(1);
    }
}
