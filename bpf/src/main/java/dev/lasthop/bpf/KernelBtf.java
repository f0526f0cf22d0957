package dev.lasthop.bpf;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Mapping;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.SystemCall;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;

/**
 * The running kernel's own BTF. It is mapped where the kernel lets it be (6.16), else read, 4 kB a call; and found by a mount of
 * its own where {@code /sys} is not what it should be.
 */
public final class KernelBtf implements AutoCloseable {
    private static final Path FILE = Path.of("/sys/kernel/btf/vmlinux");
    private static final int SEEK_SET = 0;
    private static final int SEEK_END = 2;
    private static final long LARGEST = 256 << 20;

    private final AutoCloseable memory;
    private final Btf btf;

    private KernelBtf(AutoCloseable memory, Btf btf) {
        this.memory = memory;
        this.btf = btf;
    }

    /**
     * Opens it.
     *
     * @param wanted types that will be asked for
     * @throws KernelException ENOENT where the kernel was built without it (CONFIG_DEBUG_INFO_BTF)
     */
    public static KernelBtf open(Collection<Btf.Name> wanted) {
        try (Fd fd = file()) {
            long size = Kernel.call("measure the kernel's BTF", SystemCall.LSEEK, fd.raw(), 0, SEEK_END);
            if (size <= 0 || size > LARGEST) {
                throw new KernelException("read " + FILE, Errno.EINVAL, "it is said to have " + size + " bytes");
            }
            try {
                Mapping mapping = Mapping.readOnly(fd, size);
                return of(mapping, mapping.segment().asByteBuffer(), wanted);
            } catch (KernelException _) {
                Memory copy = read(fd, (int) size);
                return of(copy, copy.bytes(), wanted);
            }
        }
    }

    public Btf types() {
        return btf;
    }

    private static KernelBtf of(AutoCloseable memory, ByteBuffer bytes, Collection<Btf.Name> wanted) {
        try {
            return new KernelBtf(memory, Btf.of(bytes, wanted));
        } catch (RuntimeException e) {
            release(memory);
            throw e;
        }
    }

    private static Fd file() {
        try {
            return Fd.open(FILE, Fd.O_RDONLY);
        } catch (KernelException hidden) {
            try (DetachedMount sysfs = DetachedMount.of("sysfs")) {
                return sysfs.open("kernel/btf/vmlinux");
            } catch (KernelException e) {
                e.addSuppressed(hidden);
                throw e;
            }
        }
    }

    private static Memory read(Fd fd, int size) {
        var memory = new Memory(size);
        Kernel.call("rewind the kernel's BTF", SystemCall.LSEEK, fd.raw(), 0, SEEK_SET);
        int at = 0;
        while (at < size) {
            long got = Kernel.call("read " + FILE, SystemCall.READ, fd.raw(), memory.address() + at, size - at);
            if (got == 0) {
                memory.close();
                throw new KernelException(
                        "read " + FILE, Errno.of(5), "it ends after " + at + " of " + size + " bytes");
            }
            at += (int) got;
        }
        return memory;
    }

    private static void release(AutoCloseable memory) {
        switch (memory) {
            case Mapping mapping -> mapping.close();
            case Memory copy -> copy.close();
            default -> throw new IllegalStateException();
        }
    }

    /** Gives the memory back; the types must not be asked afterwards. */
    @Override
    public void close() {
        release(memory);
    }
}
