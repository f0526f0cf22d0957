/** Floor 1: BTF, assembler, loader, ring buffer, perf events, tracepoints. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.bpf {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.linux;

    exports dev.lasthop.bpf;
}
