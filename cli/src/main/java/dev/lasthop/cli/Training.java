package dev.lasthop.cli;

import dev.lasthop.cli.frame.Streams;
import dev.lasthop.cli.frame.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The run that an AOT cache is made from: the command lines of a file of {@code config/training}, one after another in one process that ends
 * normally. The launcher starts it in namespaces of its own.
 */
public final class Training {
    private Training() {}

    /**
     * @param args the file; and {@code root} where the lines that need it may be run
     */
    public static void main(String[] args) throws IOException {
        boolean root = List.of(args).contains("root");
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String words = line.startsWith("root:") ? line.substring(5).strip() : line.strip();
            if (!words.isEmpty() && !words.startsWith("#") && (root || !line.startsWith("root:"))) {
                int code = Main.run(List.of(words.split(" +")), streams());
                System.err.println("training: " + words + ": exit code " + code);
            }
        }
        Main.main(new String[] {"--version"}); // the whole way from the first line to the end of the process
    }

    private static Streams streams() {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Streams(InputStream.nullInputStream(), nowhere, nowhere, Terminal.NONE);
    }
}
