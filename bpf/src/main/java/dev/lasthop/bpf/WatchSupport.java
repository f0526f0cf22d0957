package dev.lasthop.bpf;

import dev.lasthop.bpf.PacketEvent.Kind;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Support;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;

/** Which of the two levels of watching work here: found out by attaching for a moment, to packets that cannot be. */
public final class WatchSupport {
    private static final PacketFilter NOTHING =
            PacketFilter.of(new byte[] {127, -1, -1, -2}, new byte[] {127, -1, -1, -3});

    private WatchSupport() {}

    /** {@link DropWatch}: BPF programs on tracepoints. */
    public static Support bpf() {
        return attempt("watching by BPF", "Linux 5.8, BTF (CONFIG_DEBUG_INFO_BTF), CAP_BPF and CAP_PERFMON", () -> {
            try (DropWatch watch = DropWatch.open(NOTHING, EnumSet.of(Kind.DROP))) {
                return watch.tracepoints();
            }
        });
    }

    /** {@link PerfDropWatch}: perf events on tracepoints. */
    public static Support perf() {
        return attempt("watching by perf events", "tracefs, CAP_PERFMON and CAP_SYS_ADMIN", () -> {
            try (PerfDropWatch watch = PerfDropWatch.open(NOTHING, EnumSet.of(Kind.DROP), 0)) {
                return List.of(String.valueOf(watch.lost()));
            }
        });
    }

    private interface Attempt {
        List<String> attempt();
    }

    private static Support attempt(String what, String needs, Attempt attempt) {
        try {
            attempt.attempt();
            return new Support.Yes();
        } catch (KernelException e) {
            String reason = what + " needs " + needs + ": " + e.getMessage();
            boolean passing = e.is(Errno.EMFILE) || e.is(Errno.of(12)) || e.is(Errno.EAGAIN);
            return passing ? new Support.Unknown(reason) : new Support.No(reason);
        } catch (NoSuchElementException | MalformedBtfException e) {
            return new Support.No(what + " does not know this kernel: " + e.getMessage());
        }
    }
}
