package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.PlanException;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change that the kernel refuses in the middle, at each of its steps: everything is as it was before. */
@KernelTest
class FailureKernelTest {
    private static final NetworkSpec WEB = NetworkSpec.of(
                    "web", Prefix.parse("10.88.0.0/24"), Prefix.parse("fd88::/64"))
            .withMtu(1400);
    private static final ConnectSpec C1 = ConnectSpec.of(Place.named("c1"), "web")
            .withPorts(PublishedPort.parse("8080:80"), PublishedPort.parse("5353:53/udp"));

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private NetworkNamespace host;
    private StateFolders folders;
    private Store store;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        network.namespace("host").namespace("c1");
        network.ip("c1", "link set lo down");
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        folders = new StateFolders(folder.resolve("state"), folder.resolve("run"));
        store = new Store(folders);
        wiring = new Wiring(folders, host);
    }

    @AfterEach
    void close() {
        wiring.close();
        host.close();
        network.close();
    }

    @Test
    void aNetworkRefusedAtEachStep() {
        refusedAtEachStep(wiring.planCreateNetwork(WEB));
    }

    @Test
    void aConnectionRefusedAtEachStep() {
        wiring.createNetwork(WEB);
        refusedAtEachStep(wiring.planConnect(C1));
    }

    @Test
    void aPortRefusedAtEachStep() {
        wiring.createNetwork(WEB);
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web"));
        refusedAtEachStep(wiring.planPublish("c1", PublishedPort.parse("8080:80")));
    }

    @Test
    void aRepairRefusedAtEachStep() {
        wiring.createNetwork(WEB);
        wiring.connect(C1);
        network.in("host", "nft", "flush", "ruleset");
        network.in("host", "ip", "link", "del", "lh-web");
        network.in("c1", "ip", "addr", "flush", "dev", "eth0");
        refusedAtEachStep(wiring.planRepair().plan());
    }

    @Test
    void aRepairOfTheTableRefusedAtEachStep() {
        wiring.createNetwork(WEB);
        wiring.connect(C1);
        network.in("host", "nft", "insert rule inet lasthop postrouting ip daddr 203.0.113.9 counter accept");
        network.in("host", "nft", "add rule inet lasthop prerouting drop");
        network.in("host", "nft", "add rule inet lasthop user-forward tcp dport 22 accept");
        refusedAtEachStep(wiring.planRepair().plan());
        network.in("host", "nft", "flush chain inet lasthop guard; delete chain inet lasthop guard");
        network.in("host", "nft", "add chain inet lasthop guard { type filter hook prerouting priority -7 ; }");
        refusedAtEachStep(wiring.planRepair().plan());
        assertThat(wiring.repair().found()).isNotEmpty();
        assertThat(wiring.planRepair().found()).isEmpty();
    }

    private void refusedAtEachStep(Plan plan) {
        List<String> before = picture();
        Step refused = new LinkStep.Mtu(Place.HOST, "lo", -5); // EINVAL, whatever there is
        for (int made = 0; made <= plan.steps().size(); made++) {
            List<Step> steps = new ArrayList<>(plan.steps().subList(0, made));
            steps.add(refused);
            try (Places places = Places.withHost(host)) {
                var work = new Work(store, places, plan.title(), "c1@web").otherwise(List.of());
                assertThatThrownBy(() -> new Plan(plan.title(), steps).apply(places, work))
                        .isInstanceOfSatisfying(PlanException.class, e -> {
                            assertThat(e.step()).isEqualTo(refused);
                            assertThat(e.leftovers()).isEmpty();
                        });
            }
            String when = plan.title() + " refused after " + made + " steps";
            Wait.until(when, () -> KernelState.difference(before, picture()).isEmpty());
        }
    }

    @Test
    void undoingGoesOnThroughErrorsAndReportsAll() {
        network.in("host", "ip", "link", "add", "a0", "type", "ifb");
        network.in("host", "ip", "link", "add", "b0", "type", "ifb");
        try (Places places = Places.withHost(host)) {
            List<RuntimeException> failures = Undo.all(
                    List.of(
                            new LinkStep.Mtu(Place.HOST, "lo", -5),
                            new LinkStep.Delete(Place.HOST, "a0"),
                            new LinkStep.Mtu(Place.HOST, "lo", -6),
                            new LinkStep.Delete(Place.HOST, "b0"),
                            new LinkStep.Delete(Place.HOST, "never-there")),
                    places);
            assertThat(failures).hasSize(2);
            assertThat(failures.get(0)).hasMessageContaining("-5").hasMessageContaining("EINVAL");
            assertThat(failures.get(1)).hasMessageContaining("-6");
        }
        assertThat(network.in("host", "ip", "-br", "link")).doesNotContain("a0").doesNotContain("b0");
    }

    @Test
    void whatCannotBeTakenAwayStaysOnRecordAndIsTriedAgain() {
        List<String> before = picture();
        wiring.createNetwork(WEB);
        Tool.run("mount", "--bind", "/proc/sys", "/proc/sys");
        Tool.run("mount", "-o", "remount,ro,bind", "/proc/sys");
        try {
            assertThatThrownBy(() -> wiring.removeNetwork("web"))
                    .isInstanceOf(WiringException.class)
                    .hasMessageContaining("network web could not be removed completely")
                    .hasMessageContaining("forward")
                    .hasMessageContaining("lasthop gc");
            assertThat(network.in("host", "ip", "-br", "link")).doesNotContain("lh-web");
            assertThat(wiring.networks()).hasSize(1);
            assertThatThrownBy(() -> wiring.connect(C1)).isInstanceOf(WiringException.class);
            assertThat(wiring.gc().removed()).anyMatch(line -> line.contains("forward"));
        } finally {
            Tool.run("umount", "/proc/sys");
        }
        assertThat(wiring.gc().removed()).containsExactly("ended: remove network web");
        Wait.until(
                "all is as before",
                () -> KernelState.difference(before, picture()).isEmpty());
    }

    private List<String> picture() {
        List<String> all = new ArrayList<>();
        KernelState.of(network, "host").forEach(line -> all.add("host: " + line));
        KernelState.of(network, "c1").forEach(line -> all.add("c1: " + line));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (!file.getFileName().toString().equals("lock")) {
                    all.add(folder.relativize(file) + ": " + Files.readString(file));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all;
    }
}
