package dev.lasthop.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.cli.Main;
import dev.lasthop.cli.frame.Streams;
import dev.lasthop.cli.frame.Terminal;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lab's life by its commands, judged by ping. */
@KernelTest
class LabCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @AfterEach
    void down() {
        run("lab", "down", "--all");
    }

    @Test
    void upBreakMendDown() {
        assertThat(run("lab", "up", "--name", "t"))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
        assertThat(ping()).isTrue();
        assertThat(run("lab", "break", "ip-forward-disabled", "--name", "t")).isZero();
        assertThat(said()).contains("sysctl -w net.ipv4.ip_forward=0", "lasthop diagnose netns:t-container");
        assertThat(ping()).isFalse();
        assertThat(run("lab", "break", "no-route", "--name", "t")).isEqualTo(1);
        assertThat(run("lab", "list")).isZero();
        assertThat(said()).contains("ip-forward-disabled");
        assertThat(run("lab", "mend", "--name", "t")).isZero();
        assertThat(ping()).isTrue();
        assertThat(run("lab", "down", "t")).isZero();
        assertThat(NamedNamespaces.names()).noneMatch(name -> name.startsWith("t-"));
    }

    @Test
    void errorsNameTheNextStep() {
        assertThat(run("lab", "down", "nothere")).isEqualTo(1);
        assertThat(run("lab", "mend", "--name", "nothere")).isEqualTo(1);
        assertThat(run("lab", "up", "nonet")).isEqualTo(2);
        assertThat(run("lab", "up", "--name", "../x")).isEqualTo(2);
        assertThat(run("lab", "break", "no-such-fault")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("lasthop lab up builds one", "macvlan", "lasthop faults");
    }

    @Test
    void aDryRunTouchesNothing() {
        assertThat(run("lab", "up", "routed", "--name", "dry", "--dry-run")).isZero();
        assertThat(said()).contains("proxy_arp=1");
        assertThat(NamedNamespaces.names()) // others work beside this
                .noneMatch(name -> name.startsWith("dry-"));
    }

    @Test
    void theShellsCommandLineIsShown() {
        run("lab", "up", "--name", "t");
        out.reset();
        assertThat(run("lab", "shell", "node", "--name", "t", "--print")).isZero();
        assertThat(said()).startsWith("ip netns exec t-node ");
    }

    private static boolean ping() {
        return Tool.attempt("ip", "netns", "exec", "t-container", "ping", "-n", "-c", "1", "-W", "1", "39.106.233.176")
                        .exit()
                == 0;
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private int run(String... words) {
        var streams = new Streams(
                InputStream.nullInputStream(),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                Terminal.NONE);
        return Main.run(List.of(words), streams);
    }
}
