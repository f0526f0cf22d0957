package dev.lasthop.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Somebody else's program, run to judge what we did. */
public final class Tool {
    private static final long LIMIT_SECONDS = 30;

    /** What a run left behind. */
    public record Result(int exit, String output) {
        /** The output, after checking that the program was content. */
        public String orThrow() {
            if (exit != 0) {
                throw new AssertionError("exit code " + exit + ": " + output);
            }
            return output;
        }
    }

    private Tool() {}

    /** Runs a program to its end and gives its output (standard and error together); fails the test if the program failed. */
    public static String run(String... command) {
        return attempt(command).orThrow();
    }

    /** Runs one line of words, split at blanks: {@code line("ip -n c1 link set eth0 up")}. No quoting, no shell. */
    public static String line(String words) {
        return run(words.strip().split("\\s+"));
    }

    /** Runs a program to its end, whatever comes of it. */
    public static Result attempt(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readAllBytes();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end in " + LIMIT_SECONDS + " s");
            }
            return new Result(process.exitValue(), new String(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Starts a program in a named namespace and leaves it running; the caller ends it. */
    public static Process start(String namespace, String... command) {
        var all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace, "--"));
        all.addAll(List.of(command));
        try {
            return new ProcessBuilder(all).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
