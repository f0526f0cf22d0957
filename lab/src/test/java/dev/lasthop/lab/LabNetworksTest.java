package dev.lasthop.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each network, built on the kernel, judged by ping, nc and ip. */
@KernelTest
class LabNetworksTest {
    @TempDir
    Path run;

    @ParameterizedTest
    @EnumSource(LabNetwork.class)
    void theContainerReachesTheWorldAndTakingDownLeavesNothing(LabNetwork network) {
        List<String> before = NamedNamespaces.names();
        try (Lab lab = Labs.in(run).borrow(network, "one")) {
            LabScene scene = lab.scene();
            for (Family family : Family.values()) {
                assertPing(scene.container(), scene.world(family).toString());
                assertPing(scene.node(), scene.world(family).toString());
                scene.secondAddress(family)
                        .ifPresent(second ->
                                assertPing(scene.container(), second.address().toString()));
            }
        }
        assertThat(NamedNamespaces.names()).isEqualTo(before);
        assertThat(run.resolve("labs")).isEmptyDirectory();
    }

    @Test
    void twoLabsLiveBesideEachOther() {
        Labs labs = Labs.in(run);
        try (Lab one = labs.borrow(LabNetwork.BRIDGE, "one");
                Lab two = labs.borrow(LabNetwork.BRIDGE, "two")) {
            assertPing(one.scene().container(), one.scene().world(Family.IPV4).toString());
            assertPing(two.scene().container(), two.scene().world(Family.IPV4).toString());
            two.remove();
            assertPing(one.scene().container(), one.scene().world(Family.IPV6).toString());
        }
    }

    @Test
    void thePublishedServiceAnswersTheOutside() {
        try (Lab lab = Labs.in(run).borrow(LabNetwork.PUBLISHED, "web")) {
            LabScene scene = lab.scene();
            try (Listener _ = Listener.everywhere(scene.server(), scene.servicePort())) {
                for (Family family : Family.values()) {
                    String node = scene.nodeAddress(family).address().toString();
                    Tool.Result answer = in(scene.outside(), "nc", "-d", "-w", "3", node, "" + scene.publishedPort());
                    assertThat(answer.output()).contains("service in a lab");
                }
            }
            String node = scene.nodeAddress(Family.IPV4).address().toString();
            assertThat(in(scene.outside(), "nc", "-z", "-w", "1", node, "" + scene.publishedPort())
                            .exit())
                    .isNotZero();
        }
    }

    @Test
    void aServiceOnLoopbackAnswersThereOnly() {
        try (Lab lab = Labs.in(run).borrow(LabNetwork.BRIDGE, "lo")) {
            LabScene scene = lab.scene();
            try (Listener _ = Listener.onLoopback(scene.outside(), 80)) {
                assertThat(in(scene.outside(), "nc", "-d", "-w", "3", "127.0.0.1", "80")
                                .output())
                        .contains("lab");
                String world = scene.world(Family.IPV4).toString();
                assertThat(in(scene.container(), "nc", "-z", "-w", "1", world, "80")
                                .exit())
                        .isNotZero();
            }
        }
    }

    @Test
    void nothingIsBuiltOverWhatIsThere() {
        Tool.run("ip", "netns", "add", "mine-outside");
        try {
            assertThatThrownBy(() -> Labs.in(run).up(LabNetwork.BRIDGE, "mine"))
                    .isInstanceOf(LabException.class)
                    .satisfies(e -> assertThat(((LabException) e).reason()).contains("mine-outside"));
            assertThat(NamedNamespaces.names()).contains("mine-outside").doesNotContain("mine-container");
            assertThat(Labs.in(run).names()).isEmpty();
        } finally {
            Tool.run("ip", "netns", "del", "mine-outside");
        }
    }

    @Test
    void aNameIsTakenOnce() {
        Labs labs = Labs.in(run);
        try (Lab lab = labs.up(LabNetwork.BRIDGE, "once")) {
            assertThatThrownBy(() -> labs.up(LabNetwork.SIBLINGS, "once")).isInstanceOf(LabException.class);
            assertPing(lab.scene().container(), lab.scene().world(Family.IPV4).toString());
        }
    }

    @Test
    void theCommandsAreWhatIpAndNftTake() throws Exception {
        LabPlan plan = LabPlan.of(LabNetwork.PUBLISHED, "typed");
        Path script = run.resolve("typed.sh");
        Files.writeString(
                script,
                "set -e\n"
                        + String.join(
                                "\n",
                                plan.steps().stream()
                                        .flatMap(s -> s.commands().stream())
                                        .toList()));
        try {
            assertThat(Tool.attempt("sh", script.toString()))
                    .extracting(Tool.Result::exit, Tool.Result::output)
                    .satisfies(result ->
                            assertThat(result.getFirst()).as("%s", result).isEqualTo(0));
            assertPing(plan.scene().container(), plan.scene().world(Family.IPV4).toString());
            assertPing(plan.scene().container(), plan.scene().world(Family.IPV6).toString());
        } finally {
            plan.scene().namespaces().forEach(name -> Tool.attempt("ip", "netns", "del", name));
        }
    }

    private static void assertPing(Place from, String to) {
        assertThat(in(from, "ping", "-n", "-c", "1", "-W", "3", to))
                .as("%s to %s", from.label(), to)
                .satisfies(
                        result -> assertThat(result.exit()).as(result.output()).isZero());
    }

    private static Tool.Result in(Place place, String... command) {
        var all = new java.util.ArrayList<>(List.of("ip", "netns", "exec", ((Place.Named) place).name()));
        all.addAll(List.of(command));
        return Tool.attempt(all.toArray(String[]::new));
    }
}
