package dev.lasthop.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads small files of {@code /proc} and {@code /sys}, many of them quickly, as the calling thread's namespace has them.
 *
 * <p>It reads with a large buffer from the first byte on: many sysctls answer the first {@code read(2)} only. The JDK reads one byte
 * first where a file says that it is empty, as all of these do, and so gets the first digit of a number and nothing else.
 *
 * <p>For the thread that made it.
 */
public final class KernelFiles implements AutoCloseable {
    private static final int MOST = 4 << 20; // more than the counters of any kernel
    private static final int LONGEST_PATH = 4096;
    private static final int AT_FDCWD = -100;

    private final Memory buffer = Memory.confined(64 * 1024);
    private final Memory name = Memory.confined(LONGEST_PATH + 1);

    /** Makes room for reading; to be closed by the same thread. */
    public KernelFiles() {}

    /**
     * The file's bytes; empty if there is no such file.
     *
     * @throws KernelException if it may not be read
     */
    public Optional<byte[]> read(String path) {
        return read(path, false);
    }

    /** A setting's value, as one {@code read(2)} gives it, without the line end; empty if there is no such file. */
    public Optional<String> setting(String path) {
        return read(path, true).map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    }

    private Optional<byte[]> read(String path, boolean once) {
        byte[] encoded = path.getBytes(StandardCharsets.UTF_8);
        if (encoded.length > LONGEST_PATH) {
            throw new KernelException("open " + path, Errno.of(36), "the path is too long");
        }
        name.bytes().put(encoded).put((byte) 0);
        long opened = Kernel.attempt(SystemCall.OPENAT, AT_FDCWD, name.address(), Fd.O_RDONLY | Fd.O_CLOEXEC, 0);
        if (opened == -Errno.ENOENT.number()) {
            return Optional.empty();
        }
        if (opened < 0) {
            throw new KernelException("open " + path, Errno.of((int) -opened));
        }
        try {
            return Optional.of(contents(path, opened, once));
        } finally {
            Kernel.attempt(SystemCall.CLOSE, opened);
        }
    }

    private byte[] contents(String path, long fd, boolean once) {
        byte[] all = new byte[0];
        while (all.length < MOST) {
            long length = Kernel.attempt(SystemCall.READ, fd, buffer.address(), buffer.size());
            if (length < 0) {
                throw new KernelException("read " + path, Errno.of((int) -length));
            }
            if (length == 0) {
                break;
            }
            int start = all.length;
            all = Arrays.copyOf(all, start + (int) length);
            buffer.bytes().get(all, start, (int) length);
            if (once) {
                break;
            }
        }
        return all;
    }

    @Override
    public void close() {
        buffer.close();
        name.close();
    }
}
