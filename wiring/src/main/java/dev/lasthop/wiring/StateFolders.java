package dev.lasthop.wiring;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.SystemCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;

/**
 * Where Lasthop remembers.
 *
 * @param state what outlives a restart of the machine: declared networks, leases
 * @param run what does not: endpoints and their ports, the journal, and what the kernel's settings were before
 */
public record StateFolders(Path state, Path run) {
    private static final int LOCK_EXCLUSIVE_NOW = 2 | 4; // LOCK_EX | LOCK_NB
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(60);

    /** {@code /var/lib/lasthop} and {@code /run/lasthop}, unless {@code LASTHOP_STATE} and {@code LASTHOP_RUN} name others. */
    public static StateFolders of(Map<String, String> environment) {
        return new StateFolders(
                folder(environment, "LASTHOP_STATE", "/var/lib/lasthop"),
                folder(environment, "LASTHOP_RUN", "/run/lasthop"));
    }

    private static Path folder(Map<String, String> environment, String variable, String otherwise) {
        String named = environment.getOrDefault(variable, "");
        return Path.of(named.isEmpty() ? otherwise : named);
    }

    Path networks() {
        return state.resolve("declared");
    }

    /** What is connected: the kernel forgets it with a restart of the machine, and so does this. */
    Path endpoints() {
        return run.resolve("endpoints");
    }

    /** Which endpoints a namespace has: a folder for each namespace, a file in it for each of its endpoints. */
    Path namespaces() {
        return run.resolve("namespaces");
    }

    /** One folder a network, in host-local's layout. */
    Path leases() {
        return state.resolve("networks");
    }

    /** The host's ports that lead to endpoints; they end with the machine, as the endpoints do. */
    Path ports() {
        return run.resolve("ports");
    }

    Path journal() {
        return run.resolve("journal");
    }

    /** What must not outlive the process that does it. */
    Path temporary() {
        return run.resolve("temporary");
    }

    /** What forwarding was before the first network. */
    Path forwarding() {
        return run.resolve("forwarding.json");
    }

    /** Creates a folder that only root may look into, and those above it. */
    static Path folder(Path path) {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return path;
        } catch (IOException e) {
            throw StateFile.failed("create folder", path, e);
        }
    }

    /**
     * Takes the lock that all changes are made under; waits while another Lasthop has it.
     *
     * @throws WiringException if one other has it for a minute
     */
    Lock lock() {
        return lock(folder(state).resolve("lock"));
    }

    /** Takes the lock that a file stands for, by {@code flock(2)}. */
    static Lock lock(Path file) {
        Fd fd;
        try {
            fd = Fd.open(file, Fd.O_RDWR | Fd.O_CREAT, 0600);
        } catch (KernelException e) {
            throw new WiringException(
                    "cannot open " + file + ": " + e.errno() + ". Is the file system writable, and are you root?", e);
        }
        long end = System.nanoTime() + LOCK_LIMIT.toNanos();
        String holder = holder(file);
        long nap = 1;
        while (true) {
            long result = Kernel.attempt(SystemCall.FLOCK, fd.raw(), LOCK_EXCLUSIVE_NOW);
            if (result == 0) {
                sign(file);
                return new Lock(fd);
            }
            boolean isLate = System.nanoTime() > end;
            if (isLate && !holder(file).equals(holder)) { // it goes round: this is a queue, and nobody is stuck
                holder = holder(file);
                end = System.nanoTime() + LOCK_LIMIT.toNanos();
                isLate = false;
            }
            if (result != -Errno.EAGAIN.number() || isLate) {
                fd.close();
                throw new WiringException("another lasthop"
                        + (holder.matches("[0-9]{1,10} .*") ? ", process " + holder.replaceFirst(" .*", "") + "," : "")
                        + " has held " + file + " for a minute; fuser " + file + " names who has it");
            }
            sleep(nap);
            nap = Math.min(20, nap * 2);
        }
    }

    /** Who took it last, and when by its own clock; a hint only. */
    private static String holder(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static void sign(Path file) {
        try {
            Files.writeString(file, ProcessHandle.current().pid() + " " + System.nanoTime());
        } catch (IOException e) {
            // a full disk; whoever waits knows less
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WiringException("interrupted while waiting for another lasthop");
        }
    }

    /** Held until it is closed, or the process ends in whatever way. */
    record Lock(Fd fd) implements AutoCloseable {
        @Override
        public void close() {
            fd.close();
        }
    }
}
