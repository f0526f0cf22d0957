package dev.lasthop.bpf;

import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import java.nio.file.Path;

/** What {@code /proc} tells of the kernel itself: found by a mount of our own where {@code /proc} shows processes only, or nothing. */
final class ProcFile {
    private static final Path FOLDER = Path.of("/proc");

    private ProcFile() {}

    static Fd open(String name) {
        try {
            return Fd.open(FOLDER.resolve(name), Fd.O_RDONLY);
        } catch (KernelException hidden) {
            try (DetachedMount mount = DetachedMount.of("proc")) {
                return mount.open(name);
            } catch (KernelException e) {
                hidden.addSuppressed(e);
                throw hidden;
            }
        }
    }
}
