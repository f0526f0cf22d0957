package dev.lasthop.bpf;

import dev.lasthop.bpf.PacketEvent.Kind;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.Poll;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Watches without BPF, by perf events on the same tracepoints: the level for kernels without BTF or rights to BPF. It sees no
 * packet, namespace or interface number: drops tell reason, function and skb; packets received and sent tell skb, length and
 * device, so that a probe of an unusual length can be told apart and its drop be found by its skb.
 *
 * <p>CAP_PERFMON or CAP_SYS_ADMIN, and tracefs in the kernel.
 */
public final class PerfDropWatch implements PacketEvents {
    private static final int ETHERNET = 14; // what a packet that is being sent has before its network header, mostly

    private final List<Watched> watched;
    private final PerfDecoder decoder;
    private final KernelSymbols symbols;

    private record Watched(Kind kind, TracepointFormat format, PerfEvent event) {}

    private record Tracepoint(String name, Kind kind) {}

    private static final List<Tracepoint> TRACEPOINTS = List.of(
            new Tracepoint("skb/kfree_skb", Kind.DROP),
            new Tracepoint("icmp/icmp_send", Kind.ICMP_SENT),
            new Tracepoint("net/netif_receive_skb", Kind.RECEIVED),
            new Tracepoint("net/net_dev_queue", Kind.SENT),
            new Tracepoint("fib/fib_table_lookup", Kind.ROUTE),
            new Tracepoint("fib6/fib6_table_lookup", Kind.ROUTE));

    private PerfDropWatch(List<Watched> watched, PerfDecoder decoder, KernelSymbols symbols) {
        this.watched = watched;
        this.decoder = decoder;
        this.symbols = symbols;
    }

    /**
     * Starts to watch what {@code kinds} ask for and this kernel has.
     *
     * @param probeLength of the probes' IP packets: only packets of this length are told as RECEIVED and SENT; 0 for all
     * @throws KernelException EPERM, EACCES without the capabilities; ENOENT, ENODEV without the tracepoints
     */
    public static PerfDropWatch open(PacketFilter filter, Set<Kind> kinds, int probeLength) {
        List<Watched> watched = new ArrayList<>();
        int page = Pages.size();
        List<Integer> processors = processors();
        try (Tracefs tracefs = Tracefs.open()) {
            var reasons = new DropReasons(new TreeMap<>());
            for (Tracepoint each : TRACEPOINTS) {
                if (!kinds.contains(each.kind)) {
                    continue;
                }
                TracepointFormat format;
                try {
                    format = tracefs.format(each.name);
                } catch (KernelException e) {
                    if (each.kind == Kind.DROP) {
                        throw e;
                    }
                    continue; // icmp_send is there since 6.10 only
                }
                if (each.kind == Kind.DROP) {
                    reasons = new DropReasons(format.symbols());
                }
                String expression = expression(each.kind, filter, probeLength);
                boolean chain = each.kind == Kind.DROP;
                for (int processor : processors) {
                    var event = PerfEvent.open(each.name, format.id(), processor, expression, chain, page);
                    watched.add(new Watched(each.kind, format, event));
                }
            }
            var symbols = new KernelSymbols();
            return new PerfDropWatch(watched, new PerfDecoder(filter, reasons, symbols, probeLength), symbols);
        } catch (RuntimeException e) {
            watched.forEach(each -> each.event.close());
            throw e;
        }
    }

    @Override
    public List<PacketEvent> take(Duration limit) {
        List<PerfDecoder.Raw> raw = drain();
        if (raw.isEmpty() && !limit.isZero()) {
            List<Fd> fds = watched.stream().map(each -> each.event.fd()).toList();
            Poll.readable(fds, limit);
            raw = drain();
        }
        raw.sort(Comparator.comparingLong(each -> each.sample().nanos()));
        symbols.learn(raw.stream().flatMap(each -> each.addresses().stream()).toList());
        return raw.stream().map(decoder::decode).toList();
    }

    private List<PerfDecoder.Raw> drain() {
        List<PerfDecoder.Raw> raw = new ArrayList<>();
        for (Watched each : watched) {
            each.event.drain(sample -> {
                var one = new PerfDecoder.Raw(each.kind, each.format, sample);
                if (decoder.wants(one)) {
                    raw.add(one);
                }
            });
        }
        return raw;
    }

    @Override
    public long lost() {
        return watched.stream().mapToLong(each -> each.event.lost()).sum();
    }

    @Override
    public boolean nameless() {
        return symbols.hidden();
    }

    @Override
    public boolean filtered() {
        return false;
    }

    @Override
    public void close() {
        watched.forEach(each -> each.event.close());
    }

    private static String expression(Kind kind, PacketFilter filter, int probeLength) {
        return switch (kind) {
            case DROP -> protocols(filter);
            case RECEIVED -> probeLength == 0 ? "" : "len==" + probeLength;
            case SENT -> probeLength == 0 ? "" : "len==" + probeLength + "||len==" + (probeLength + ETHERNET);
            case ROUTE, ICMP_SENT -> "";
        };
    }

    private static String protocols(PacketFilter filter) {
        List<String> any = new ArrayList<>();
        if (!filter.flowsOf(true).isEmpty()) {
            any.add("protocol==" + 0x0800);
        }
        if (!filter.flowsOf(false).isEmpty() || !filter.neighborsOf(false).isEmpty()) {
            any.add("protocol==" + 0x86dd);
        }
        if (!filter.neighborsOf(true).isEmpty()) {
            any.add("protocol==" + 0x0806);
        }
        return String.join("||", any);
    }

    // Those that run, from /proc/stat: the JVM counts only those that it may use itself.
    private static List<Integer> processors() {
        var text = new StringBuilder();
        try (Fd fd = ProcFile.open("stat");
                Memory buffer = new Memory(1 << 14)) {
            for (int got = fd.read(buffer); got > 0; got = fd.read(buffer)) {
                byte[] part = new byte[got];
                buffer.bytes().get(part);
                text.append(new String(part, StandardCharsets.US_ASCII));
            }
        }
        return text.toString()
                .lines()
                .filter(line -> line.matches("cpu\\d+ .*"))
                .map(line -> Integer.valueOf(line.substring(3, line.indexOf(' '))))
                .toList();
    }
}
