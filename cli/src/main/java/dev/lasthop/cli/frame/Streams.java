package dev.lasthop.cli.frame;

import java.io.InputStream;
import java.io.PrintStream;

/** What a run reads and writes: the process's own streams, or a test's. */
public record Streams(InputStream in, PrintStream out, PrintStream err, Terminal terminal) {}
