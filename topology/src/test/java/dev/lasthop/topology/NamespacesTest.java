package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a network is there to be closed
class NamespacesTest {
    @Test
    void theMountTableNamesNamespaces() {
        var docker = Namespaces.mounted("40 30 0:4 net:[4026532179] /run/docker/netns/8f0 rw shared:9 - nsfs nsfs rw")
                .orElseThrow();
        assertThat(docker.inode()).isEqualTo(4026532179L);
        assertThat(docker.name()).isEqualTo("netns:/run/docker/netns/8f0");
        assertThat(Namespaces.mounted("40 30 0:4 net:[7] /run/netns/blue rw - nsfs nsfs rw")
                        .orElseThrow()
                        .name())
                .isEqualTo("netns:blue");
        for (String other : new String[] {
            "",
            "40 30 0:4",
            "22 1 8:1 / / rw - ext4 /dev/sda1 rw",
            "40 30 0:4 mnt:[7] /x rw - nsfs nsfs rw",
            "40 30 0:4 net:[x] /x rw - nsfs nsfs rw",
            "40 30 0:4 net:[7] /a\\\\040b rw - nsfs nsfs rw"
        }) {
            assertThat(Namespaces.mounted(other)).as(other).isEmpty();
        }
    }

    @Test
    @KernelTest
    void eachNamespaceIsListedOnceByItsBestName() throws IOException {
        try (var network = new TestNetwork().namespace("blue").namespace("red")) {
            Tool.run("touch", "/run/netns/azure", "/run/netns/stale");
            Tool.run("mount", "--bind", "/run/netns/blue", "/run/netns/azure"); // a second name
            Process sleeper = network.start("red", "sleep", "100");
            Files.createSymbolicLink(Path.of("/run/netns/linked"), Path.of("/proc/" + sleeper.pid() + "/ns/net"));
            long red = NetworkNamespace.inodeOf(Path.of("/run/netns/red"));
            long blue = NetworkNamespace.inodeOf(Path.of("/run/netns/blue"));
            dev.lasthop.testing.Wait.until(
                    "the process is there",
                    () -> NetworkNamespace.inodeOf(Path.of("/proc/" + sleeper.pid() + "/ns/net")) == red);
            var namespaces = Namespaces.find();
            assertThat(namespaces.byInode(blue).orElseThrow().name()).isEqualTo("netns:azure");
            var names = namespaces.all().stream().map(Namespaces.Found::name).toList();
            assertThat(names).first().isEqualTo("host");
            assertThat(names).doesNotHaveDuplicates().doesNotContain("netns:stale", "netns:blue");
            var one = namespaces.byInode(red).orElseThrow();
            assertThat(one.name()).isEqualTo("netns:linked");
            assertThat(one.pid()).hasValue(sleeper.pid());
            try (var open = one.open()) {
                assertThat(open.inode()).isEqualTo(red);
            }
            assertThat(Namespaces.find(Map.of(red, "docker:web"))
                            .byInode(red)
                            .orElseThrow()
                            .name())
                    .isEqualTo("docker:web");
            assertThat(namespaces.byInode(1)).isEmpty();
        } finally {
            Tool.attempt("umount", "/run/netns/azure");
            Tool.attempt("rm", "-f", "/run/netns/azure", "/run/netns/stale", "/run/netns/linked");
        }
    }
}
