package dev.lasthop.topology;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads small files of {@code /proc} as the calling thread's namespace has them, with a large buffer from the first byte on: many
 * sysctls answer the first {@code read(2)} only, so that reading their first byte alone, as the JDK does with files that say they are
 * empty, loses the rest.
 */
final class ProcFiles implements AutoCloseable {
    private static final int MOST = 4 << 20; // more than the counters of any kernel

    private final Memory buffer = Memory.confined(64 * 1024);

    /**
     * The file's bytes; empty if there is no such file.
     *
     * @throws KernelException if it may not be read
     */
    Optional<byte[]> read(Path path) {
        try (Fd fd = Fd.open(path, Fd.O_RDONLY)) {
            var all = new ByteArrayOutputStream(256);
            int length;
            while (all.size() < MOST && (length = fd.read(buffer)) > 0) {
                byte[] bytes = new byte[length];
                buffer.bytes().get(bytes);
                all.writeBytes(bytes);
            }
            return Optional.of(all.toByteArray());
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        buffer.close();
    }
}
