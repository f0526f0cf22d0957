package dev.lasthop.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@KernelTest
class NetworkNamespaceTest {
    @Test
    void workRunsInTheNamespaceAndTheCallerStaysWhereItIs() {
        try (var here = NetworkNamespace.current();
                var other = NetworkNamespace.create()) {
            long inside = other.call(() -> NetworkNamespace.inodeOf(Path.of("/proc/thread-self/ns/net")));
            assertThat(inside).isEqualTo(other.inode()).isNotEqualTo(here.inode());
            assertThat(NetworkNamespace.inodeOf(Path.of("/proc/thread-self/ns/net")))
                    .isEqualTo(here.inode());
        }
    }

    @Test
    void aNamedNamespaceIsOneToIpNetnsToo() {
        try (var blue = NamedNamespaces.create("blue")) {
            assertThat(Tool.line("ip netns list")).contains("blue");
            assertThat(NetworkNamespace.inodeOf(Path.of("/run/netns/blue"))).isEqualTo(blue.inode());
            assertThat(Tool.line("ip -n blue -br link")).startsWith("lo ");
            assertThatThrownBy(() -> NamedNamespaces.create("blue"))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("EEXIST");
        } finally {
            NamedNamespaces.delete("blue");
        }
        assertThat(Tool.line("ip netns list")).doesNotContain("blue");
    }

    @Test
    void aNameCannotLeaveTheFolder() {
        assertThatThrownBy(() -> NamedNamespaces.create("../x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFileThatIsNoNamespaceIsRefused() {
        assertThatThrownBy(() -> NetworkNamespace.open(Path.of("/proc/self/ns/uts")))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("not a network namespace");
        assertThatThrownBy(() -> NetworkNamespace.open(Path.of("/proc/self/status")))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("not a network namespace");
    }
}
