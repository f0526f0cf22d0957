package dev.lasthop.linux;

import static dev.lasthop.linux.Kernel.attempt;
import static dev.lasthop.linux.Kernel.call;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor. Closing twice is harmless; using it after that is not. A socket keeps the network namespace of the
 * thread that opened it, whichever thread uses it afterwards.
 */
public final class Fd implements AutoCloseable {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_CLOEXEC = 0x80000;

    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int MSG_PEEK = 2;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_TRUNC = 0x20;

    private static final int AT_FDCWD = -100;

    private final AtomicInteger raw;

    private Fd(int raw) {
        this.raw = new AtomicInteger(raw);
    }

    /** Takes charge of a descriptor that some call returned. */
    public static Fd owning(long raw) {
        return new Fd(Math.toIntExact(raw));
    }

    /** {@code socket(2)}; close-on-exec is always set. */
    public static Fd socket(int domain, int type, int protocol) {
        return owning(call("open a socket", SystemCall.SOCKET, domain, type | SOCK_CLOEXEC, protocol));
    }

    /** {@code open(2)}; close-on-exec is always set. */
    public static Fd open(Path path, int flags) {
        return open(path, flags, 0);
    }

    public static Fd open(Path path, int flags, int mode) {
        try (Memory name = Memory.of(path.toString())) {
            return owning(call("open " + path, SystemCall.OPENAT, AT_FDCWD, name.address(), flags | O_CLOEXEC, mode));
        }
    }

    /** {@code openat(2)} below this directory. */
    public Fd openBelow(String path, int flags) {
        try (Memory name = Memory.of(path)) {
            return owning(call("open " + path, SystemCall.OPENAT, raw(), name.address(), flags | O_CLOEXEC, 0));
        }
    }

    /**
     * {@code openat2(2)} with this directory as the root of the file system: neither {@code ..} nor a symbolic link leads out of it. For
     * folders whose content is somebody else's; a FIFO there does not block.
     *
     * @throws KernelException also where the kernel has no openat2 (ENOSYS, before 5.6)
     */
    public Fd openInside(String path) {
        long nonBlocking = 0x800;
        long inRoot = 0x10 | 0x02; // RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, include/uapi/linux/openat2.h
        try (Memory name = Memory.of(path);
                Memory how = Memory.confined(24)) { // struct open_how: flags, mode, resolve
            how.bytes().putLong(O_RDONLY | O_CLOEXEC | nonBlocking).putLong(0).putLong(inRoot);
            return owning(call("open " + path, SystemCall.OPENAT2, raw(), name.address(), how.address(), how.size()));
        }
    }

    /** The number, for calls that this class has no method for. */
    public int raw() {
        int now = raw.get();
        if (now < 0) {
            throw new IllegalStateException("the file descriptor is closed");
        }
        return now;
    }

    /** {@code st_ino} of {@code fstat(2)}. */
    public long inode() {
        try (Memory status = Memory.confined(256)) { // struct stat: st_dev, st_ino come first on both machines
            call("look at a file descriptor", SystemCall.FSTAT, raw(), status.address());
            return status.bytes().getLong(8);
        }
    }

    public boolean isOpen() {
        return raw.get() >= 0;
    }

    /** {@code bind(2)} to a {@code struct sockaddr_*}, encoded. */
    public void bind(byte[] address) {
        try (Memory memory = Memory.of(address)) {
            call("bind a socket", SystemCall.BIND, raw(), memory.address(), address.length);
        }
    }

    /** {@code connect(2)}: 0, or minus the error number (a connection under way is -EINPROGRESS). */
    public long connect(byte[] address) {
        try (Memory memory = Memory.of(address)) {
            return attempt(SystemCall.CONNECT, raw(), memory.address(), address.length);
        }
    }

    /** {@code getsockname(2)}, as the bytes of a {@code struct sockaddr_*}. */
    public byte[] localAddress() {
        try (Memory address = Memory.confined(128);
                Memory length = Memory.confined(8)) {
            length.bytes().putInt(0, 128);
            call("read a socket's address", SystemCall.GETSOCKNAME, raw(), address.address(), length.address());
            byte[] bytes = new byte[length.bytes().getInt(0)];
            address.bytes().get(bytes);
            return bytes;
        }
    }

    public void setOption(int level, int name, int value) {
        setOption(level, name, intBytes(value));
    }

    public void setOption(int level, int name, byte[] value) {
        try (Memory memory = Memory.of(value)) {
            call(
                    "set socket option %d/%d".formatted(level, name),
                    SystemCall.SETSOCKOPT,
                    raw(),
                    level,
                    name,
                    memory.address(),
                    value.length);
        }
    }

    public int option(int level, int name) {
        return ByteBuffer.wrap(option(level, name, intBytes(0)))
                .order(ByteOrder.nativeOrder())
                .getInt();
    }

    /** {@code getsockopt(2)} whose value is also an input: the kernel reads {@code value}, overwrites it, and may say that it is shorter. */
    public byte[] option(int level, int name, byte[] value) {
        try (Memory memory = Memory.of(value);
                Memory length = Memory.confined(8)) {
            length.bytes().putInt(0, value.length);
            call(
                    "read socket option %d/%d".formatted(level, name),
                    SystemCall.GETSOCKOPT,
                    raw(),
                    level,
                    name,
                    memory.address(),
                    length.address());
            byte[] result = new byte[Math.min(value.length, length.bytes().getInt(0))];
            memory.bytes().get(result);
            return result;
        }
    }

    public void send(Memory buffer, int length) {
        call("send", SystemCall.SENDTO, raw(), buffer.address(), length, 0, 0, 0);
    }

    public void send(byte[] bytes) {
        try (Memory memory = Memory.of(bytes)) {
            send(memory, bytes.length);
        }
    }

    /** {@code sendto(2)}: the number of bytes, or minus the error number. */
    public long sendTo(byte[] bytes, byte[] address) {
        try (Memory memory = Memory.of(bytes);
                Memory to = Memory.of(address)) {
            return attempt(SystemCall.SENDTO, raw(), memory.address(), bytes.length, 0, to.address(), address.length);
        }
    }

    /** {@code recv(2)}: how many bytes there were (with {@link #MSG_TRUNC} more than fit), or minus the error number. */
    public int receive(Memory buffer, int flags) {
        return (int) attempt(SystemCall.RECVFROM, raw(), buffer.address(), buffer.size(), flags, 0, 0);
    }

    /** {@code read(2)}: the number of bytes, 0 at the end. */
    public int read(Memory buffer) {
        return (int) call("read", SystemCall.READ, raw(), buffer.address(), buffer.size());
    }

    public void write(byte[] bytes) {
        try (Memory memory = Memory.of(bytes)) {
            call("write", SystemCall.WRITE, raw(), memory.address(), bytes.length);
        }
    }

    /** {@code ioctl(2)} with a number or an address as its argument. */
    public long control(String operation, long request, long argument) {
        return call(operation, SystemCall.IOCTL, raw(), request, argument);
    }

    @Override
    public void close() {
        int last = raw.getAndSet(-1);
        if (last >= 0) {
            attempt(SystemCall.CLOSE, last);
        }
    }

    private static byte[] intBytes(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }
}
