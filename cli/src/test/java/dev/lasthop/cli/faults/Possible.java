package dev.lasthop.cli.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lasthop.diagnosis.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a fault can be made on this machine. */
final class Possible {
    private static final Path MAXIMUM = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
    private static final int MOST = 300_000; // connections that the lab makes

    private Possible() {}

    /** Skips the test where it cannot. */
    static void assume(Fault fault) throws IOException {
        if (fault.id().equals("conntrack-full")) {
            String maximum = Files.readString(MAXIMUM).strip();
            assumeTrue(
                    Integer.parseInt(maximum) <= MOST,
                    "net.netfilter.nf_conntrack_max is " + maximum + " on this machine: more than the lab fills");
        }
    }
}
