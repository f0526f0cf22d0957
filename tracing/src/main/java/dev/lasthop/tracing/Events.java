package dev.lasthop.tracing;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.bpf.DropWatch;
import dev.lasthop.bpf.PacketEvent;
import dev.lasthop.bpf.PacketEvents;
import dev.lasthop.bpf.PacketFilter;
import dev.lasthop.bpf.PerfDropWatch;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.packet.LinkType;
import dev.lasthop.packet.MalformedPacketException;
import dev.lasthop.packet.Packet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kernel's tracepoints, at the closest level that this kernel and these rights allow. */
final class Events implements AutoCloseable {
    private static final Set<PacketEvent.Kind> KINDS =
            EnumSet.of(PacketEvent.Kind.DROP, PacketEvent.Kind.ROUTE, PacketEvent.Kind.ICMP_SENT);
    private static final int MOST = 4096;

    private final Level level;
    private final String levelReason;
    private final @Nullable PacketEvents source;
    private final List<PacketEvent> taken = new ArrayList<>();
    private long overflow;

    private Events(Level level, String levelReason, @Nullable PacketEvents source) {
        this.level = level;
        this.levelReason = levelReason;
        this.source = source;
    }

    /**
     * Watches at the closest level that can be had.
     *
     * @param closest the level to begin with
     * @param length of the probes' IP packets; 0 where it is not known
     */
    static Events open(Level closest, PacketFilter filter, int length) {
        String reason = "";
        if (closest == Level.BPF) {
            try {
                return new Events(Level.BPF, "", DropWatch.open(filter, KINDS));
            } catch (KernelException | NoSuchElementException e) {
                reason = "BPF on tracepoints: " + e.getMessage();
            }
        }
        if (closest != Level.TAPS) {
            try {
                return new Events(
                        Level.PERF, reason.isEmpty() ? "asked for" : reason, PerfDropWatch.open(filter, KINDS, length));
            } catch (KernelException | NoSuchElementException e) {
                reason = (reason.isEmpty() ? "" : reason + "; ") + "perf events on tracepoints: " + e.getMessage();
            }
        }
        return new Events(Level.TAPS, reason.isEmpty() ? "asked for" : reason, null);
    }

    Level level() {
        return level;
    }

    /** Why not more closely; asked when all is over. */
    String levelReason() {
        if (source == null || !source.nameless()) {
            return levelReason;
        }
        String hidden =
                "the kernel keeps the names of its functions to itself (kptr_restrict, or CAP_SYSLOG is missing)";
        return levelReason.isEmpty() ? hidden : levelReason + "; " + hidden;
    }

    void drain() {
        if (source == null) {
            return;
        }
        for (PacketEvent event : source.take(Duration.ZERO)) {
            if (taken.size() < MOST) {
                taken.add(event);
            } else {
                overflow++;
            }
        }
    }

    long lost() {
        return overflow + (source == null ? 0 : source.lost());
    }

    /**
     * The drops of the probes' packets. At the perf level a drop does not say whose packet it was, so none is taken for the probes': what
     * cannot be told apart must not enter the verdict.
     */
    List<Drop> drops(Classifier classifier) {
        if (source == null || !source.filtered()) {
            return List.of();
        }
        var drops = new ArrayList<Drop>();
        for (PacketEvent event : taken) {
            if (event.kind() == PacketEvent.Kind.DROP) {
                packet(event)
                        .flatMap(classifier::part)
                        .ifPresent(part -> drops.add(new Drop(
                                event.nanos(),
                                event.namespaceInode(),
                                new IfIndex(event.ifIndex()),
                                event.dropReason(),
                                event.function(),
                                event.stack(),
                                part.kind(),
                                part.flow(),
                                part.probe())));
            }
        }
        return drops;
    }

    private static Optional<Packet> packet(PacketEvent event) {
        byte[] bytes = event.packet();
        if (bytes.length == 0 || event.family() == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Packet.decode(bytes, LinkType.IP));
        } catch (MalformedPacketException e) {
            return Optional.empty();
        }
    }

    List<LookupFailure> lookupFailures() {
        return taken.stream()
                .filter(event -> event.kind() == PacketEvent.Kind.ROUTE && event.error() != 0)
                .filter(event -> event.packet().length == 8 || event.packet().length == 32)
                .map(event -> {
                    int half = event.packet().length / 2;
                    return new LookupFailure(
                            event.nanos(),
                            event.namespaceInode(),
                            IpAddress.of(Arrays.copyOfRange(event.packet(), 0, half)),
                            IpAddress.of(Arrays.copyOfRange(event.packet(), half, 2 * half)),
                            event.detail(),
                            Errno.of(-event.error()).name());
                })
                .filter(failure -> failure.source().family() == Family.IPV4
                        || failure.source().family() == Family.IPV6)
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        if (source != null) {
            source.close();
        }
    }
}
