package dev.lasthop.cli;

import dev.lasthop.cli.frame.CommandLine;
import dev.lasthop.cli.frame.Streams;
import dev.lasthop.cli.frame.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The program. */
public final class Main {
    private Main() {}

    /** Ends the process with the exit code of the contract. */
    public static void main(String[] args) {
        var streams = new Streams(
                System.in,
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                Terminal.of(
                        Boolean.getBoolean("lasthop.terminal"),
                        System.getenv())); // the launcher knows: a test in sh is free
        System.exit(run(List.of(args), streams));
    }

    /** Runs one command line to its end, and gives the exit code. */
    public static int run(List<String> args, Streams streams) {
        return new CommandLine(Commands.all(), version()).run(args, streams);
    }

    /** UTF-8 whatever the locale says: JSON must be, and names are what they are. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("(not packaged)");
    }
}
