package dev.lasthop.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace, held open by a descriptor of its {@code nsfs} file: it lives at least as long as this is open.
 *
 * <p>A namespace belongs to a kernel thread. Work in one runs on a platform thread that is made for it and ends afterwards;
 * virtual threads and pooled threads would carry the namespace to other people's work.
 */
public final class NetworkNamespace implements AutoCloseable {
    public static final Path FOLDER = Path.of("/run/netns");

    private static final long CLONE_NEWNET = 0x40000000L;
    private static final Path OF_THIS_THREAD = Path.of("/proc/thread-self/ns/net");

    private static final int AF_UNIX = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_NETNS_COOKIE = 71; // include/uapi/asm-generic/socket.h

    private final Fd fd;
    private final long inode;
    private volatile long identity; // 0 until somebody asks

    private NetworkNamespace(Fd fd) {
        this.fd = fd;
        this.inode = fd.inode();
    }

    /** The namespace of the calling thread. */
    public static NetworkNamespace current() {
        return open(OF_THIS_THREAD);
    }

    public static NetworkNamespace ofProcess(long pid) {
        return open(Path.of("/proc/" + pid + "/ns/net"));
    }

    /**
     * The namespace whose file this is.
     *
     * @throws KernelException EINVAL if it is a file, but not a network namespace's
     */
    public static NetworkNamespace open(Path path) {
        Fd fd = Fd.open(path, Fd.O_RDONLY);
        try {
            requireNamespace(path, fd);
            return new NetworkNamespace(fd);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** A new, empty namespace without a name. It ends when the last process and descriptor in it are gone. */
    public static NetworkNamespace create() {
        return onThread("lasthop-new-namespace", () -> {
            Kernel.call("create a network namespace", SystemCall.UNSHARE, CLONE_NEWNET);
            return current();
        });
    }

    /**
     * Runs {@code work} in this namespace and waits for it: on a thread of its own, or where the calling thread is in this namespace, on
     * that one. So who may not enter namespaces may still work in the one that it is in.
     *
     * @throws KernelException EPERM without CAP_SYS_ADMIN
     */
    public <T extends @Nullable Object> T call(Callable<T> work) {
        if (inodeOf(OF_THIS_THREAD) == inode) {
            return here(work);
        }
        return onThread("lasthop-namespace-" + inode, () -> {
            Kernel.call("enter network namespace " + inode, SystemCall.SETNS, fd.raw(), CLONE_NEWNET);
            return work.call();
        });
    }

    public void run(Runnable work) {
        call(() -> {
            work.run();
            return Boolean.TRUE;
        });
    }

    /**
     * A number that no other namespace has, or had since the machine was started: the kernel's cookie ({@code SO_NETNS_COOKIE}, Linux
     * 5.14). Before that the inode, which the kernel gives to a new namespace as soon as the old one is gone.
     */
    public long identity() {
        if (identity == 0) {
            identity = call(() -> {
                try (Fd socket = Fd.socket(AF_UNIX, Fd.SOCK_DGRAM, 0)) {
                    return identity(socket);
                } catch (KernelException e) {
                    return inode;
                }
            });
        }
        return identity;
    }

    /** Takes its {@link #identity} from a socket that belongs to it: so nobody has to enter it for that. */
    public void identify(Fd socket) {
        if (identity == 0) {
            identity = identity(socket);
        }
    }

    private long identity(Fd socket) {
        try {
            return ByteBuffer.wrap(socket.option(SOL_SOCKET, SO_NETNS_COOKIE, new byte[Long.BYTES]))
                    .order(ByteOrder.nativeOrder())
                    .getLong();
        } catch (KernelException e) {
            return inode; // before Linux 5.14
        }
    }

    /** The number that the kernel tells namespaces apart by while they are there: the inode of {@code /proc/PID/ns/net}. */
    public long inode() {
        return inode;
    }

    public Fd fd() {
        return fd;
    }

    /** A path that names this namespace to other programs for as long as this is open. */
    public Path path() {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + fd.raw());
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "net:[" + inode + "]";
    }

    /** The inode of a namespace's file; throws if there is none. */
    public static long inodeOf(Path path) {
        try {
            return ((Number) Files.getAttribute(path, "unix:ino")).longValue();
        } catch (IOException e) {
            throw new KernelException("look at " + path, Errno.ENOENT, String.valueOf(e.getMessage()));
        }
    }

    private static void requireNamespace(Path path, Fd fd) {
        long nsGetType = 0xb703; // _IO(NSIO, 3), include/uapi/linux/nsfs.h
        long type = Kernel.attempt(SystemCall.IOCTL, fd.raw(), nsGetType, 0);
        if (type != CLONE_NEWNET) {
            throw new KernelException("open " + path, Errno.EINVAL, "this is not a network namespace");
        }
    }

    private static <T extends @Nullable Object> T here(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T extends @Nullable Object> T onThread(String name, Callable<T> work) {
        var result = new AtomicReference<@Nullable T>();
        var failure = new AtomicReference<@Nullable Throwable>();
        Thread thread = Thread.ofPlatform().name(name).start(() -> {
            try {
                result.set(work.call());
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // the work is short and must not be left behind half done
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return switch (failure.get()) {
            case null -> value(result);
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        };
    }

    @SuppressWarnings("NullAway") // null is a value of T where T allows it
    private static <T extends @Nullable Object> T value(AtomicReference<@Nullable T> result) {
        return result.get();
    }
}
