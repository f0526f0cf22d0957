package dev.lasthop.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.cli.Main;
import dev.lasthop.cli.frame.Streams;
import dev.lasthop.cli.frame.Terminal;
import dev.lasthop.json.Json;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.testing.KernelTest;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo from beginning to end on the real kernel. */
@KernelTest
class DemoTest {
    private static final int COLUMNS = 80;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theLecture() {
        int code = run("demo");
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(code).as(text + err).isZero();
        assertThat(text)
                .containsSubsequence(
                        "ip netns add demo-container",
                        "type veth peer name eth0",
                        "172.17.1.2/16",
                        "master docker0",
                        "masquerade",
                        "0 answered",
                        "docker0",
                        "ip-forward-disabled",
                        "net.ipv4.ip_forward=1",
                        "3 answered",
                        "ip netns del demo-container");
        assertThat(text.lines()).allMatch(line -> line.length() <= COLUMNS);
        assertThat(NamedNamespaces.names()).noneMatch(name -> name.startsWith("demo"));
    }

    @Test
    void anotherFaultAsJson() {
        int code = run("demo", "--fault", "blackhole-route", "--format", "json");
        JsonObject document = Json.readObject(out.toByteArray(), Limits.DEFAULT);
        assertThat(document.string("schema")).isEqualTo("lasthop.demo/1");
        assertThat(document.object("broken").object("cause").string("id")).isEqualTo("blackhole-route");
        assertThat(document.object("mended").string("verdict")).isEqualTo("healthy");
        assertThat(document.flag("asTold", false)).isTrue();
        assertThat(code).isZero();
        assertThat(NamedNamespaces.names()).noneMatch(name -> name.startsWith("demo"));
    }

    private int run(String... words) {
        var streams = new Streams(
                InputStream.nullInputStream(),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                new Terminal(false, true, COLUMNS));
        return Main.run(List.of(words), streams);
    }
}
