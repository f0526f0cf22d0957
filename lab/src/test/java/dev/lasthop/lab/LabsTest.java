package dev.lasthop.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Family;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.SysctlStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered between commands, and what becomes of it when a process is killed. */
@KernelTest
class LabsTest {
    @TempDir
    Path run;

    @Test
    void aFaultIsPutInAndTakenOutByDifferentProcesses() {
        Labs labs = Labs.in(run);
        try (Lab lab = labs.up(LabNetwork.BRIDGE, "b")) {
            LabScene scene = lab.scene();
            lab.inject(
                    "made-up",
                    List.of(
                            new SysctlStep(scene.node(), "net.ipv4.ip_forward", "0"),
                            LinkStep.down(scene.container(), "eth0")));
            assertThat(ping("b")).isFalse();
            Lab again = labs.find("b").orElseThrow();
            assertThat(again.fault()).contains("made-up");
            assertThatThrownBy(() -> again.inject("another", List.of())).isInstanceOf(LabException.class);
            assertThat(again.mend()).isEmpty();
            assertThat(again.fault()).isEmpty();
            assertThat(ping("b")).isTrue();
            assertThat(labs.find("b").orElseThrow().fault()).isEmpty();
        }
    }

    @Test
    void whatNoUndoBringsBackIsWiredAnew() {
        try (Lab lab = Labs.in(run).up(LabNetwork.BRIDGE, "v")) {
            lab.inject("made-up", List.of(new LinkStep.Delete(lab.scene().container(), "eth0")));
            assertThat(ping("v")).isFalse();
            assertThat(lab.mend()).isEmpty();
            assertThat(ping("v")).isTrue();
        }
    }

    @Test
    void whatAKilledProcessLeftIsCollected() {
        Labs labs = Labs.in(run);
        Lab left = labs.borrow(LabNetwork.BRIDGE, "left");
        Lab kept = labs.up(LabNetwork.BRIDGE, "kept");
        Lab mine = labs.plan(LabNetwork.BRIDGE, "mine");
        mine.build(mine.plan().chapters().getFirst());
        try (kept;
                mine) {
            // as if another process, now dead, had made it
            new LabFiles(run.resolve("labs"))
                    .replace(LabState.of("left", LabNetwork.BRIDGE, Optional.of(new Owner(1, 1))));
            assertThat(labs.collect()).containsExactly("left");
            assertThat(NamedNamespaces.names())
                    .noneMatch(name -> name.startsWith("left-"))
                    .contains("kept-node", "mine-node");
            assertThat(labs.collect()).isEmpty();
        } finally {
            left.remove();
        }
    }

    @Test
    void aLabIsTakenDownInTheMiddleOfItsBuilding() {
        Lab lab = Labs.in(run).plan(LabNetwork.BRIDGE, "half");
        lab.build(lab.plan().chapters().getFirst());
        lab.remove();
        assertThatThrownBy(() -> lab.build(lab.plan().chapters().get(1))).isInstanceOf(LabException.class);
        assertThat(NamedNamespaces.names()).noneMatch(name -> name.startsWith("half-"));
        lab.close();
    }

    @Test
    void itsFileIsForRootAloneAndADamagedOneCanStillBeTakenDown() throws Exception {
        Labs labs = Labs.in(run);
        labs.up(LabNetwork.SIBLINGS, "d");
        Path file = run.resolve("labs/d.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.writeString(file, "{");
        assertThat(labs.list()).isEmpty();
        assertThat(labs.names()).containsExactly("d");
        assertThatThrownBy(() -> labs.find("d")).isInstanceOf(LabException.class);
        assertThat(labs.down("d")).isTrue();
        assertThat(NamedNamespaces.names()).noneMatch(name -> name.startsWith("d-"));
        assertThat(labs.down("d")).isFalse();
    }

    @Test
    void aNameIsNoPath() {
        Labs labs = Labs.in(run);
        for (String name : List.of("../x", "a/b", "", "-x", "A", "x".repeat(33), "a\nb")) {
            assertThatThrownBy(() -> labs.up(LabNetwork.BRIDGE, name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(run).isEmptyDirectory();
    }

    private static boolean ping(String lab) {
        String world =
                LabPlan.of(LabNetwork.BRIDGE, lab).scene().world(Family.IPV4).toString();
        return Tool.attempt("ip", "netns", "exec", lab + "-container", "ping", "-n", "-c", "1", "-W", "1", world)
                        .exit()
                == 0;
    }
}
