package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A helper whose other half, which translates addresses, is not there would promise what it cannot do. */
class HelperModulesTest {
    @TempDir
    Path modules;

    @Test
    void aModuleThatIsNotLoadedIsNamedWithWhatLoadsIt() throws IOException {
        refused();
        Files.createDirectories(modules.resolve("nf_conntrack_ftp"));
        Files.createFile(modules.resolve("nf_conntrack_ftp/initstate")); // a module, not built in
        refused();
        Files.createDirectories(modules.resolve("nf_nat_ftp"));
        HelperRules.requireKernel(Application.FTP, modules);
        assertThatThrownBy(() -> HelperRules.requireKernel(Application.TFTP, modules))
                .hasMessageContaining("modprobe nf_nat_tftp");
    }

    @Test
    void whatIsBuiltInIsThere() throws IOException {
        Files.createDirectories(modules.resolve("nf_conntrack_ftp/parameters"));
        HelperRules.requireKernel(Application.FTP, modules);
    }

    private void refused() {
        assertThatThrownBy(() -> HelperRules.requireKernel(Application.FTP, modules))
                .isInstanceOf(WiringException.class)
                .hasMessage("helper ftp needs the kernel module nf_nat_ftp, which is not loaded; modprobe nf_nat_ftp"
                        + " loads it, and a line in /etc/modules-load.d/ does so at each start");
    }
}
