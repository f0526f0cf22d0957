package dev.lasthop.bpf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Where the members that the programs read are in this kernel, by their paths, and what its tracepoints are like. */
final class KernelLayout {
    private static final List<String> STRUCTS = List.of(
            "sk_buff",
            "net_device",
            "net",
            "sock",
            "dst_entry",
            "flowi4",
            "flowi6",
            "fib_nh_common",
            "fib6_result",
            "fib6_nh",
            "fib6_table",
            "task_struct",
            "nsproxy");

    private final Btf btf;
    private final Map<String, Integer> offsets = new HashMap<>();

    KernelLayout(Btf btf) {
        this.btf = btf;
    }

    static List<Btf.Name> names(List<String> tracepoints) {
        List<Btf.Name> names = new ArrayList<>();
        STRUCTS.forEach(struct -> names.add(new Btf.Name(BtfKind.STRUCT, struct)));
        names.add(new Btf.Name(BtfKind.ENUM, DropReasons.ENUM));
        tracepoints.forEach(tracepoint -> names.add(Btf.tracepointName(tracepoint)));
        return names;
    }

    /** Bytes from the struct's beginning. */
    int at(String path) {
        return offsets.computeIfAbsent(path, each -> btf.member(each).offset());
    }

    boolean has(String tracepoint) {
        return btf.tracepointType(tracepoint).isPresent();
    }

    int type(String tracepoint) {
        return btf.tracepointType(tracepoint)
                .orElseThrow(() -> new NoSuchElementException("this kernel has no tracepoint " + tracepoint));
    }

    /** The position of the first argument of this type; -1 if the tracepoint has none. */
    int argument(String tracepoint, BtfKind kind, String type) {
        Optional<List<Btf.Argument>> arguments = btf.tracepoint(tracepoint);
        return arguments.map(all -> all.indexOf(new Btf.Argument(kind, type))).orElse(-1);
    }
}
