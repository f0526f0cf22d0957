package dev.lasthop.wiring;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.step.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that forks copies of itself, each of which does one piece of wiring, and kills them at the nanosecond it is told. A copy is
 * warm: it is done within milliseconds, so that hundreds of instants are tried in the time that a few starts of a JVM would take.
 *
 * <p>A copy has the forking thread alone, no compiler and no collector; it stands still where it would need one. That does no harm here, as
 * it is killed anyway, and is kept rare by a heap that does not fill up.
 *
 * <p>Lines on standard input: {@code time WORK}, {@code kill WORK NANOSECONDS}, {@code later WORK NANOSECONDS} (counted
 * from when the journal has it), {@code together connect|disconnect COPIES}; answers a line each.
 */
@SuppressWarnings("restricted") // fork, kill and waitpid are this test's own business
final class Victims {
    private static final int SIGKILL = 9;
    private static final int NO_HANG = 1; // WNOHANG
    private static final long LONGEST = 3_000_000_000L;

    private final Wiring wiring;
    private final Path marker;
    private final Map<String, Runnable> works;
    private final MethodHandle fork = function("fork");
    private final MethodHandle kill = function("kill", JAVA_INT, JAVA_INT);
    private final MethodHandle waitpid = function("waitpid", JAVA_INT, ADDRESS, JAVA_INT);
    private final MemorySegment status = Arena.global().allocate(JAVA_INT);

    private Victims(Wiring wiring, Path marker, Map<String, Runnable> works) {
        this.wiring = wiring;
        this.marker = marker;
        this.works = works;
    }

    /** @param arguments the folders for state and run, a file to be made when a work is done, how often to warm up, the course */
    public static void main(String[] arguments) throws IOException {
        var folders = new StateFolders(Path.of(arguments[0]), Path.of(arguments[1]));
        var wiring = new Wiring(folders, NetworkNamespace.open(Path.of("/run/netns/host")));
        var victims = new Victims(
                wiring, Path.of(arguments[2]), Course.named(arguments[4]).with(wiring));
        for (int i = Integer.parseInt(arguments[3]); i > 0; i--) {
            victims.works.values().forEach(Runnable::run);
        }
        victims.warm();
        wiring.close(); // copies would share its netfilter sockets, and take each other's answers for their own
        System.out.println("ready");
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split("\t");
            System.out.println(
                    switch (words[0]) {
                        case "time" -> victims.time(words[1]);
                        case "together" -> victims.together(words[1], Integer.parseInt(words[2]));
                        case "later" -> victims.killed(words[1], Long.parseLong(words[2]), folders.journal());
                        default -> victims.killed(words[1], Long.parseLong(words[2]), folders.run());
                    });
        }
    }

    private void warm() throws IOException {
        Files.createFile(marker);
        Files.delete(marker);
        time("0 nothing");
    }

    /** How long a work takes in a copy, in nanoseconds; at most three seconds. */
    private long time(String work) throws IOException {
        long start = System.nanoTime();
        int pid = begin(work);
        while (!Files.exists(marker) && System.nanoTime() - start < LONGEST) {
            LockSupport.parkNanos(100_000);
        }
        long end = System.nanoTime();
        end(pid);
        Files.deleteIfExists(marker);
        return end - start;
    }

    /**
     * Kills a copy in the middle of it; whether it was done already.
     *
     * @param nanos after it was begun and there is something in a folder
     */
    private boolean killed(String work, long nanos, Path folder) throws IOException {
        int pid = begin(work);
        long limit = System.nanoTime() + LONGEST;
        while (isEmpty(folder) && !Files.exists(marker) && System.nanoTime() < limit) {
            Thread.onSpinWait();
        }
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            if (end - System.nanoTime() > 200_000) {
                LockSupport.parkNanos(50_000);
            }
        }
        end(pid);
        return Files.deleteIfExists(marker);
    }

    private static boolean isEmpty(Path folder) {
        String[] names = folder.toFile().list();
        return names == null || names.length == 0;
    }

    /** Has many copies connect or disconnect at the same time, each an endpoint of its own; how many of them could. */
    private int together(String what, int copies) throws IOException {
        List<Integer> pids = new ArrayList<>();
        for (int i = 0; i < copies; i++) {
            String name = "n" + i;
            PublishedPort port = PublishedPort.parse(9000 + i + ":80");
            pids.add(begin(
                    what.equals("connect")
                            ? () -> wiring.connect(
                                    ConnectSpec.of(Place.named(name), "web").withPorts(port))
                            : () -> wiring.disconnect(name, "web"),
                    marker.resolveSibling(marker.getFileName() + name)));
        }
        long end = System.nanoTime() + 120_000_000_000L;
        int done = 0;
        for (int i = 0; i < copies; i++) {
            Path own = marker.resolveSibling(marker.getFileName() + "n" + i);
            while (!Files.exists(own) && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
            end(pids.get(i));
            done += Files.deleteIfExists(own) ? 1 : 0;
        }
        return done;
    }

    private int begin(String work) {
        return begin(works.getOrDefault(work, () -> {}), marker);
    }

    private int begin(Runnable work, Path whenDone) {
        System.gc(); // the copy cannot
        int pid = call(fork);
        if (pid != 0) {
            return pid;
        }
        try {
            work.run();
            Files.createFile(whenDone);
        } catch (IOException | RuntimeException e) {
            System.out.println(e); // is read instead of the answer
        }
        while (true) {
            LockSupport.parkNanos(1_000_000_000);
        }
    }

    private void end(int pid) {
        call(kill, pid, SIGKILL);
        while (call(waitpid, pid, status, NO_HANG) == 0) {
            Thread.onSpinWait();
        }
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private static MethodHandle function(String name, MemoryLayout... parameters) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, parameters));
    }
}
