package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.wiring.step.KernelState;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at any instant, then {@code gc}: what is on record works, what is not is gone, and the host is as it was. */
@KernelTest
class KilledKernelTest {
    private static final int KILLS = Integer.getInteger("lasthop.kills", 8);

    @TempDir
    Path folder;

    @Test
    void aKilledProcessLeavesNothingThatIsNotOnRecord() throws Exception {
        var random = new Random(2026);
        try (var network = new TestNetwork()) {
            network.namespace("host").namespace("c1");
            List<String> before = KernelState.of(network, "host");
            List<String> container = KernelState.of(network, "c1");
            try (var host = NetworkNamespace.open(Path.of("/run/netns/host"))) {
                var wiring = new Wiring(new StateFolders(folder.resolve("state"), folder.resolve("run")), host);
                for (int kill = 0; kill < KILLS; kill++) {
                    killWithin(random.nextInt(400_000_000));
                    List<String> collected = wiring.gc().removed();
                    consistent(wiring, network, "after kill " + kill + ": " + collected);
                    wiring.endpoints().forEach(endpoint -> wiring.disconnect(endpoint.name(), endpoint.network()));
                    wiring.networks().forEach(known -> wiring.removeNetwork(known.name()));
                    settle(network, "host", before);
                    settle(network, "c1", container);
                    assertThat(files()).containsExactly("state/lock");
                }
            }
        }
    }

    private void killWithin(long nanos) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Endless.class.getName(),
                        folder.resolve("state").toString(),
                        folder.resolve("run").toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = child.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000)); // the instant is random on purpose
            assertThat(child.isAlive()).isTrue();
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private static void consistent(Wiring wiring, TestNetwork network, String when) {
        String links = network.in("host", "ip", "-br", "link");
        String rules = network.in("host", "nft", "list", "ruleset");
        for (Network known : wiring.networks()) {
            assertThat(links).as(when).contains(known.bridge().orElseThrow());
            assertThat(rules).as(when).contains("\"" + known.bridge().orElseThrow() + "\"");
        }
        for (Endpoint endpoint : wiring.endpoints()) {
            assertThat(network.ping("c1", "10.88.0.1")).as(when).isTrue();
            endpoint.ports().forEach(port -> assertThat(rules).as(when).contains("tcp . " + port.hostPort()));
        }
        if (wiring.endpoints().isEmpty()) {
            assertThat(links).as(when).doesNotContain("veth").doesNotContain("@");
        }
        if (wiring.networks().isEmpty()) {
            assertThat(rules).as(when).isEmpty();
        }
    }

    private static void settle(TestNetwork network, String namespace, List<String> before) {
        long end = System.nanoTime() + 5_000_000_000L;
        List<String> difference = KernelState.difference(before, KernelState.of(network, namespace));
        while (!difference.isEmpty() && System.nanoTime() < end) {
            difference = KernelState.difference(before, KernelState.of(network, namespace));
        }
        assertThat(difference).isEmpty();
    }

    private List<String> files() {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
