package dev.lasthop.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The process that a lab lives and dies with.
 *
 * @param pid its number
 * @param started when it began, in the kernel's clock ticks since boot: tells it apart from a later process of the same number
 */
record Owner(long pid, long started) {
    static Owner self() {
        long pid = ProcessHandle.current().pid();
        return new Owner(pid, startOf(pid).orElse(0L));
    }

    boolean isAlive() {
        return startOf(pid).filter(start -> start == started).isPresent();
    }

    /** Field 22 of {@code /proc/PID/stat}, proc(5); the name in field 2 is in parentheses and may hold anything. */
    private static Optional<Long> startOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[0].equals("Z") || fields[0].equals("X")
                    ? Optional.empty()
                    : Optional.of(Long.parseLong(fields[19]));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
