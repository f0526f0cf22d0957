package dev.lasthop.bpf;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The kernel's descriptions of its tracepoints, wherever they can be reached: mounted, or by a mount of our own that nobody sees. */
public final class Tracefs implements AutoCloseable {
    private static final Path MOUNTED = Path.of("/sys/kernel/tracing");
    private static final int LARGEST = 1 << 20;

    private final @Nullable DetachedMount mount;

    private Tracefs(@Nullable DetachedMount mount) {
        this.mount = mount;
    }

    /**
     * Finds it.
     *
     * @throws KernelException ENODEV where the kernel was built without it, EPERM without CAP_SYS_ADMIN
     */
    public static Tracefs open() {
        try (Fd _ = Fd.open(MOUNTED.resolve("events/header_page"), Fd.O_RDONLY)) {
            return new Tracefs(null);
        } catch (KernelException _) {
            return new Tracefs(DetachedMount.of("tracefs"));
        }
    }

    /**
     * What a tracepoint is like.
     *
     * @param name such as {@code skb/kfree_skb}
     * @throws KernelException ENOENT if this kernel has no such tracepoint
     */
    public TracepointFormat format(String name) {
        String path = "events/" + name + "/format";
        try (Fd fd = mount == null ? Fd.open(MOUNTED.resolve(path), Fd.O_RDONLY) : mount.open(path);
                Memory buffer = new Memory(1 << 14)) {
            var text = new ByteArrayOutputStream();
            int got = fd.read(buffer);
            while (got > 0 && text.size() < LARGEST) {
                byte[] part = new byte[got];
                buffer.bytes().get(part);
                text.writeBytes(part);
                got = fd.read(buffer);
            }
            return TracepointFormat.parse(text.toString(StandardCharsets.UTF_8))
                    .orElseThrow(
                            () -> new KernelException("read " + path, Errno.EINVAL, "it does not tell the format"));
        }
    }

    @Override
    public void close() {
        if (mount != null) {
            mount.close();
        }
    }
}
