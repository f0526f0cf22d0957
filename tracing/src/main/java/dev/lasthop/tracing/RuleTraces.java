package dev.lasthop.tracing;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.nftables.NftTracer;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.nftables.TraceEvent;
import dev.lasthop.netlink.nftables.TraceFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The packet filter's own trace in some namespaces. Packets are known by identifier or ports, which outlive translation. Where the kernel
 * cannot trace (no tables that belong to a socket) there is simply none.
 */
final class RuleTraces implements AutoCloseable {
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REQUEST_6 = 128;
    private static final int ECHO_REPLY_6 = 129;

    private final FlowSet flows;
    private final List<Source> sources = new ArrayList<>();
    private final List<RuleTrace> traces = new ArrayList<>();

    private RuleTraces(FlowSet flows) {
        this.flows = flows;
    }

    /** One namespace's tracer. The trace's ids are of that namespace: the header comes with a packet's first event at a hook only. */
    private record Source(long namespace, NftTracer tracer, Map<Integer, Sighting.Kind> known) {}

    static RuleTraces open(List<NetworkNamespace> namespaces, FlowSet flows) {
        var all = new RuleTraces(flows);
        List<TraceFilter> filters = all.filters();
        for (NetworkNamespace namespace : namespaces) {
            try {
                all.sources.add(new Source(namespace.inode(), NftTracer.open(namespace, filters), new HashMap<>()));
            } catch (KernelException e) {
                // too old a kernel, or no permission there: the prediction and the drops must do
            }
        }
        return all;
    }

    private List<TraceFilter> filters() {
        var filters = new ArrayList<TraceFilter>();
        Optional<IpAddress> any = Optional.empty();
        for (int port : flows.sourcePorts().stream().distinct().toList()) {
            filters.add(new TraceFilter(flows.family(), flows.protocol(), any, port, any, 0));
            if (!flows.protocol().isIcmp()) {
                filters.add(new TraceFilter(flows.family(), flows.protocol(), any, 0, any, port));
            }
        }
        return filters;
    }

    void drain() {
        long now = System.nanoTime();
        for (Source source : sources) {
            for (TraceEvent event : source.tracer().drain()) {
                kind(event).ifPresent(kind -> source.known().put(event.id(), kind));
                Sighting.Kind kind = source.known().get(event.id());
                if (kind != null) {
                    traces.add(trace(now + traces.size(), source.namespace(), event, kind));
                }
            }
        }
    }

    private static RuleTrace trace(long nanos, long namespace, TraceEvent event, Sighting.Kind kind) {
        return new RuleTrace(
                nanos,
                namespace,
                TableFamily.of(event.family()).map(TableFamily::toString).orElse(""),
                event.table(),
                event.chain(),
                event.ruleHandle(),
                event.kind() == TraceEvent.Kind.POLICY,
                event.kind() == TraceEvent.Kind.RETURN ? "return" : verdict(event.verdict()),
                kind);
    }

    private static String verdict(RuleData.Verdict verdict) {
        return switch (verdict.code()) {
            case RuleData.Verdict.ACCEPT_CODE -> "accept";
            case RuleData.Verdict.DROP_CODE -> "drop";
            case RuleData.Verdict.JUMP_CODE -> "jump";
            case RuleData.Verdict.GOTO_CODE -> "goto";
            case RuleData.Verdict.RETURN_CODE -> "return";
            default -> "continue";
        };
    }

    /** Empty where the event has no headers, or those of somebody else's packet. */
    private Optional<Sighting.Kind> kind(TraceEvent event) {
        byte[] network = event.networkHeader().toArray();
        byte[] transport = event.transportHeader().toArray();
        if (network.length < 20 || transport.length < 8) {
            return Optional.empty();
        }
        int protocol = (network[0] & 0xf0) == 0x40 ? network[9] & 0xff : network[6] & 0xff;
        if (protocol != flows.protocol().number()) {
            return Optional.empty();
        }
        return new Protocol(protocol).isIcmp() ? echo(transport) : ported(transport);
    }

    private Optional<Sighting.Kind> echo(byte[] header) {
        if (!flows.sourcePorts().contains(word(header, 4))) {
            return Optional.empty();
        }
        return switch (header[0] & 0xff) {
            case ECHO_REQUEST, ECHO_REQUEST_6 -> Optional.of(Sighting.Kind.REQUEST);
            case ECHO_REPLY, ECHO_REPLY_6 -> Optional.of(Sighting.Kind.REPLY);
            default -> Optional.empty();
        };
    }

    private Optional<Sighting.Kind> ported(byte[] header) {
        if (flows.sourcePorts().contains(word(header, 0))) {
            return Optional.of(Sighting.Kind.REQUEST);
        }
        return flows.sourcePorts().contains(word(header, 2)) ? Optional.of(Sighting.Kind.REPLY) : Optional.empty();
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    List<RuleTrace> traces() {
        return List.copyOf(traces);
    }

    /** How many namespaces had more to tell than there was room for. */
    long lost() {
        return sources.stream().filter(source -> source.tracer().hasLost()).count();
    }

    @Override
    public void close() {
        sources.forEach(source -> source.tracer().close());
    }
}
