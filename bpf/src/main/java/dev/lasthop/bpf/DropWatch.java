package dev.lasthop.bpf;

import dev.lasthop.bpf.PacketEvent.Kind;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Watches wanted packets by BPF programs on the kernel's tracepoints: nothing but a match comes to user space. Once recognised, a
 * packet is followed by its skb through address translation and tunnels. When this is closed or the process ends, the programs
 * are gone.
 *
 * <p>Linux 5.8 with BTF; CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN.
 */
public final class DropWatch implements PacketEvents {
    private final WatchMaps maps;
    private final List<Attachment> attached;
    private final EventDecoder decoder;
    private final KernelSymbols symbols;

    private record Attachment(String tracepoint, Fd link, Program program) {}

    private record Tracepoint(String name, Kind kind) {}

    private static final List<Tracepoint> TRACEPOINTS = List.of(
            new Tracepoint("kfree_skb", Kind.DROP),
            new Tracepoint("icmp_send", Kind.ICMP_SENT),
            new Tracepoint("netif_receive_skb", Kind.RECEIVED),
            new Tracepoint("net_dev_start_xmit", Kind.SENT),
            new Tracepoint("fib_table_lookup", Kind.ROUTE),
            new Tracepoint("fib6_table_lookup", Kind.ROUTE));

    private DropWatch(WatchMaps maps, List<Attachment> attached, EventDecoder decoder, KernelSymbols symbols) {
        this.maps = maps;
        this.attached = attached;
        this.decoder = decoder;
        this.symbols = symbols;
    }

    /** Everything that can be watched. */
    public static DropWatch open(PacketFilter filter) {
        return open(filter, EnumSet.allOf(Kind.class));
    }

    /**
     * Attaches the programs that {@code kinds} need. A tracepoint that this kernel lacks (ICMP_SENT before 6.10) is left out.
     *
     * @throws KernelException EPERM without the capabilities; ENOENT without BTF; with the verifier's words
     * @throws NoSuchElementException if a struct of this kernel is not as expected
     */
    public static DropWatch open(PacketFilter filter, Set<Kind> kinds) {
        List<Tracepoint> chosen = TRACEPOINTS.stream()
                .filter(each -> kinds.contains(each.kind))
                .filter(each -> !each.name.equals("fib_table_lookup")
                        || !filter.flowsOf(true).isEmpty())
                .filter(each -> !each.name.equals("fib6_table_lookup")
                        || !filter.flowsOf(false).isEmpty())
                .toList();
        List<String> names =
                new ArrayList<>(chosen.stream().map(Tracepoint::name).toList());
        names.add("consume_skb");
        try (KernelBtf btf = KernelBtf.open(KernelLayout.names(names))) {
            var kernel = new KernelLayout(btf.types());
            try {
                return open(kernel, btf.types(), filter, chosen, true);
            } catch (KernelException e) {
                if (e.is(Errno.EPERM)) {
                    throw e;
                }
                return open(kernel, btf.types(), filter, chosen, false); // before 5.13 programs cannot name functions
            }
        }
    }

    private static DropWatch open(
            KernelLayout kernel, Btf btf, PacketFilter filter, List<Tracepoint> chosen, boolean named) {
        List<Attachment> attached = new ArrayList<>();
        var maps = new WatchMaps(named);
        try {
            attach(kernel, maps, filter, chosen, attached);
            var symbols = new KernelSymbols();
            var reasons = new DropReasons(btf.enumValues(DropReasons.ENUM));
            return new DropWatch(maps, attached, new EventDecoder(reasons, symbols), symbols);
        } catch (RuntimeException e) {
            detach(attached);
            maps.close();
            throw e;
        }
    }

    private static void attach(
            KernelLayout kernel, WatchMaps maps, PacketFilter filter, List<Tracepoint> chosen, List<Attachment> into) {
        var packets = new WatchPrograms(kernel, maps, filter);
        var routes = new RoutePrograms(kernel, maps, filter);
        into.add(attach(kernel, "consume_skb", packets.consumed()));
        for (Tracepoint each : chosen) {
            if (!kernel.has(each.name)) {
                continue;
            }
            int number = List.of(EventDecoder.KINDS).indexOf(each.kind);
            List<Instruction> program = switch (each.name) {
                case "fib_table_lookup" -> routes.ipv4(number);
                case "fib6_table_lookup" -> routes.ipv6(number);
                default -> packets.packet(each.kind, number);
            };
            into.add(attach(kernel, each.name, program));
        }
    }

    private static Attachment attach(KernelLayout kernel, String tracepoint, List<Instruction> instructions) {
        Program program = Program.tracepoint(tracepoint, kernel.type(tracepoint), instructions);
        try {
            return new Attachment(tracepoint, program.attach(), program);
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    // Plain loops here and in the decoder: the first events are decoded by a JVM that has just started.
    @Override
    public List<PacketEvent> take(Duration limit) {
        List<EventDecoder.Raw> raw = new ArrayList<>();
        Consumer<ByteBuffer> sink = record -> raw.add(EventDecoder.Raw.of(record));
        if (maps.events().drain(sink) == 0 && !limit.isZero()) {
            maps.events().await(limit);
            maps.events().drain(sink);
        }
        raw.sort((left, right) -> Long.compare(left.nanos(), right.nanos()));
        List<Long> unnamed = new ArrayList<>();
        for (EventDecoder.Raw each : raw) {
            unnamed.addAll(each.addresses());
        }
        symbols.learn(unnamed);
        List<PacketEvent> events = new ArrayList<>(raw.size());
        for (EventDecoder.Raw each : raw) {
            events.add(decoder.decode(each));
        }
        return events;
    }

    @Override
    public long lost() {
        return maps.lostEvents();
    }

    @Override
    public boolean nameless() {
        return symbols.hidden();
    }

    @Override
    public boolean filtered() {
        return true;
    }

    /** The tracepoints that are watched, in the order of their attachment. */
    public List<String> tracepoints() {
        return attached.stream().map(Attachment::tracepoint).toList();
    }

    @Override
    public void close() {
        detach(attached);
        maps.close();
    }

    private static void detach(List<Attachment> attached) {
        attached.forEach(each -> {
            each.link.close();
            each.program.close();
        });
    }
}
