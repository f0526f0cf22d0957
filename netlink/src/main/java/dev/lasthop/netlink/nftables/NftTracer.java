package dev.lasthop.netlink.nftables;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Follows packets through the packet filter of one namespace. It marks them by rules in a table of its own, which belongs to its socket
 * ({@code NFT_TABLE_F_OWNER}, Linux 5.12): the table is gone when this is closed or the process ends, however it ends.
 *
 * <p>Rules of the older iptables tables are not traced. What is marked before a veth is not marked behind it: each namespace needs its
 * own tracer.
 */
public final class NftTracer implements AutoCloseable {
    private static final int PRIORITY = -1000; // before all usual chains (raw: -300), before defragmentation (-400) too
    private static final int DEVICE_PRIORITY = -500;
    private static final int BUFFER = 4 << 20;
    private static final int MOST_ENDS = 1024;
    private static final int NAMES = 100;

    private final NetlinkSocket owner;
    private final NetlinkSocket events;
    private final String table;
    private final Map<Integer, TraceEvent> ends = new HashMap<>(); // by the trace's id
    private boolean lost;

    private NftTracer(NetlinkSocket owner, NetlinkSocket events, String table) {
        this.owner = owner;
        this.events = events;
        this.table = table;
    }

    /** Traces IP packets from where they come in, or are sent. */
    public static NftTracer open(NetworkNamespace namespace, List<TraceFilter> filters) {
        return open(namespace, filters, false, List.of());
    }

    /**
     * Traces packets.
     *
     * @param bridged also from where a bridge takes them in
     * @param devices also from where these devices take them in
     * @throws KernelException EOPNOTSUPP or EINVAL where the kernel has no tables that belong to a socket
     */
    public static NftTracer open(
            NetworkNamespace namespace, List<TraceFilter> filters, boolean bridged, List<String> devices) {
        NetlinkSocket events = NetlinkSocket.open(NetlinkSocket.NETFILTER, namespace);
        NetlinkSocket owner = null;
        try {
            events.join(TraceEvent.GROUP, BUFFER);
            owner = NetlinkSocket.open(NetlinkSocket.NETFILTER, namespace);
            return new NftTracer(owner, events, mark(owner, filters, bridged, devices));
        } catch (RuntimeException e) {
            events.close();
            if (owner != null) {
                owner.close();
            }
            throw e;
        }
    }

    /** Makes the tables, under the first name that is free; that name. */
    private static String mark(NetlinkSocket owner, List<TraceFilter> filters, boolean bridged, List<String> devices) {
        String base = "lasthop-trace-" + ProcessHandle.current().pid();
        for (int attempt = 0; ; attempt++) {
            String name = base + "-" + attempt;
            var changes = new Transaction();
            hook(changes, TableFamily.INET, name, "prerouting", new BaseHook(BaseHook.PREROUTING, PRIORITY), filters);
            hook(changes, TableFamily.INET, name, "output", new BaseHook(BaseHook.OUTPUT, PRIORITY), filters);
            if (bridged) {
                BaseHook in = new BaseHook(BaseHook.PREROUTING, DEVICE_PRIORITY);
                BaseHook out = new BaseHook(BaseHook.OUTPUT, DEVICE_PRIORITY);
                hook(changes, TableFamily.BRIDGE, name, "prerouting", in, filters);
                hook(changes, TableFamily.BRIDGE, name, "output", out, filters);
            }
            if (!devices.isEmpty()) {
                BaseHook in = new BaseHook(BaseHook.NETDEV_INGRESS, DEVICE_PRIORITY, devices);
                hook(changes, TableFamily.NETDEV, name, "ingress", in, filters);
            }
            try {
                changes.commit(owner);
                return name;
            } catch (KernelException e) {
                if (!e.is(Errno.EEXIST) && !e.is(Errno.EPERM) || attempt == NAMES) {
                    throw e;
                }
            }
        }
    }

    private static void hook(
            Transaction changes,
            TableFamily family,
            String table,
            String chain,
            BaseHook hook,
            List<TraceFilter> filters) {
        TableMessage own = TableMessage.of(family, table, TableMessage.OWNED, "");
        boolean second = family != TableFamily.NETDEV && chain.equals("output");
        if (!second) {
            changes.createNew(own);
        }
        changes.create(ChainMessage.base(family, table, chain, "filter", hook, true));
        for (TraceFilter filter : filters) {
            changes.create(
                    filter.match(RuleBuilder.in(family, table, chain)).trace().build());
        }
    }

    /** What has happened since the last call, in order, without waiting. */
    public List<TraceEvent> drain() {
        List<NetlinkMessage> messages = new ArrayList<>();
        try {
            messages.addAll(events.receive());
        } catch (KernelException e) {
            if (!e.is(Errno.ENOBUFS)) {
                throw e;
            }
            lost = true;
            messages.addAll(events.receive());
        }
        List<TraceEvent> told = new ArrayList<>();
        for (NetlinkMessage message : messages) {
            if (message.type() == NftType.TRACE) {
                TraceEvent event = TraceEvent.decode(message);
                if (!event.table().equals(table)) {
                    named(event).ifPresent(told::add);
                }
            }
        }
        return told;
    }

    /**
     * Linux 6 reports the end of a chain as a rule without a handle. That says nothing, but may be the event that brings the packet's
     * headers: where no rule has matched before the policy speaks.
     */
    private Optional<TraceEvent> named(TraceEvent event) {
        boolean endOfChain = event.kind() == TraceEvent.Kind.RULE && event.ruleHandle() == 0;
        if (endOfChain) {
            if (event.networkHeader().size() > 0 && ends.size() < MOST_ENDS) {
                ends.put(event.id(), event);
            }
            return Optional.empty();
        }
        TraceEvent end = ends.remove(event.id());
        return Optional.of(end == null || event.networkHeader().size() > 0 ? event : event.withPacketOf(end));
    }

    /** Whether the kernel had more to tell than there was room for. */
    public boolean hasLost() {
        return lost;
    }

    /** To wait on: readable when there is something to {@link #drain}. */
    public Fd fd() {
        return events.fd();
    }

    @Override
    public void close() {
        owner.close();
        events.close();
    }
}
