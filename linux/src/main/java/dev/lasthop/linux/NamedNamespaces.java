package dev.lasthop.linux;

import static dev.lasthop.linux.Kernel.call;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Namespaces with a name in {@code /run/netns}, the way {@code ip netns} keeps them: a file that the namespace is bind-mounted on,
 * in a folder that is a shared mount of its own so that namespaces disappear from every mount namespace at once.
 */
public final class NamedNamespaces {
    private static final int MS_BIND = 0x1000;
    private static final int MS_REC = 0x4000;
    private static final int MS_SHARED = 1 << 20;
    private static final int MNT_DETACH = 2;

    private NamedNamespaces() {}

    /** The names there are, sorted. */
    public static List<String> names() {
        if (!Files.isDirectory(NetworkNamespace.FOLDER)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(NetworkNamespace.FOLDER)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Creates a namespace and gives it a name.
     *
     * @throws KernelException EEXIST if the name is taken
     */
    public static NetworkNamespace create(String name) {
        Path path = path(name);
        prepareFolder();
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            throw new KernelException("create network namespace " + name, Errno.EEXIST, "the name is taken");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        NetworkNamespace created = NetworkNamespace.create();
        try (Memory from = Memory.of(created.path().toString());
                Memory to = Memory.of(path.toString())) {
            call("name network namespace " + name, SystemCall.MOUNT, from.address(), to.address(), 0, MS_BIND, 0);
            return created;
        } catch (RuntimeException e) {
            created.close();
            delete(name);
            throw e;
        }
    }

    /** Takes the name away; the namespace ends with its last process and descriptor. A name that is not there is no error. */
    public static void delete(String name) {
        Path path = path(name);
        try (Memory target = Memory.of(path.toString())) {
            Kernel.attempt(SystemCall.UMOUNT2, target.address(), MNT_DETACH);
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a namespace of this name is. The name is checked: it must stay inside the folder. */
    public static Path path(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/") || name.contains("\0")) {
            throw new IllegalArgumentException("not a name for a network namespace: " + name);
        }
        return NetworkNamespace.FOLDER.resolve(name);
    }

    private static void prepareFolder() {
        try {
            Files.createDirectories(NetworkNamespace.FOLDER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Memory folder = Memory.of(NetworkNamespace.FOLDER.toString());
                Memory none = Memory.of("")) {
            long shared = Kernel.attempt(
                    SystemCall.MOUNT, none.address(), folder.address(), none.address(), MS_SHARED | MS_REC, 0);
            if (shared == -Errno.EINVAL.number()) { // not a mount point yet
                call(
                        "bind /run/netns",
                        SystemCall.MOUNT,
                        folder.address(),
                        folder.address(),
                        none.address(),
                        MS_BIND | MS_REC,
                        0);
                call(
                        "share /run/netns",
                        SystemCall.MOUNT,
                        none.address(),
                        folder.address(),
                        none.address(),
                        MS_SHARED | MS_REC,
                        0);
            }
        }
    }
}
