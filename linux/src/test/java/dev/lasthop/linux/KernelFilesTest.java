package dev.lasthop.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFilesTest {
    @TempDir
    Path folder;

    /** The JDK reads "3" of "32768\t60999": the kernel answers the first read only. */
    @Test
    void aSettingIsReadWhole() {
        try (var files = new KernelFiles()) {
            assertThat(files.setting("/proc/sys/net/ipv4/ip_local_port_range"))
                    .contains(Tool.line("cat /proc/sys/net/ipv4/ip_local_port_range")
                            .strip());
        }
    }

    @Test
    void aLongFileIsReadToItsEnd() throws IOException {
        byte[] bytes = new byte[200_000];
        bytes[199_999] = 1;
        Path file = Files.write(folder.resolve("long"), bytes);
        try (var files = new KernelFiles()) {
            assertThat(files.read(file.toString()).orElseThrow()).isEqualTo(bytes);
        }
    }

    @Test
    void whatIsNotThereIsEmptyAndWhatIsNoFileIsAnError() {
        try (var files = new KernelFiles()) {
            assertThat(files.read("/proc/sys/net/none")).isEmpty();
            assertThatThrownBy(() -> files.read("/proc/sys/net"))
                    .isInstanceOf(KernelException.class)
                    .hasMessage("read /proc/sys/net: EISDIR");
        }
    }
}
