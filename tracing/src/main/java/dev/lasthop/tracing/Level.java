package dev.lasthop.tracing;

/** How closely a trace looked. A lower level has less evidence, never a wrong one. */
public enum Level {
    /** Taps, and BPF programs on the kernel's tracepoints, which match the probe itself. */
    BPF,
    /** Taps, and the kernel's tracepoints through perf events, matched by the probe's length. */
    PERF,
    /** Taps on the interfaces, and counters, only. */
    TAPS;

    /** "bpf", "perf" or "taps", as {@code --observe} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
