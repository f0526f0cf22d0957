package dev.lasthop.topology;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.netlink.route.AddressMessage;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.NeighborMessage;
import dev.lasthop.netlink.route.NetconfMessage;
import dev.lasthop.netlink.route.RouteMessage;
import dev.lasthop.netlink.route.Rtnetlink;
import dev.lasthop.netlink.route.RuleMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hears of changes in a namespace as the kernel announces them: links, addresses, routes, rules, neighbours, forwarding settings. */
public final class NamespaceWatch implements AutoCloseable {
    private static final List<Integer> GROUPS = List.of(
            1, // RTNLGRP_LINK
            3, // RTNLGRP_NEIGH
            5, // RTNLGRP_IPV4_IFADDR
            7, // RTNLGRP_IPV4_ROUTE
            8, // RTNLGRP_IPV4_RULE
            9, // RTNLGRP_IPV6_IFADDR
            11, // RTNLGRP_IPV6_ROUTE
            19, // RTNLGRP_IPV6_RULE
            24, // RTNLGRP_IPV4_NETCONF
            25); // RTNLGRP_IPV6_NETCONF
    private static final int ROOM = 4 << 20;

    private final NetlinkSocket socket;
    private final String name;

    private NamespaceWatch(NetlinkSocket socket, String name) {
        this.socket = socket;
        this.name = name;
    }

    /** What the kernel announced. */
    public sealed interface Event {
        /** Something is new or has changed, or ({@code gone}) is no more. */
        record Changed(String namespace, Rtnetlink thing, boolean gone) implements Event {
            @Override
            public String toString() {
                return namespace + ": " + thing.words() + (gone ? " is gone" : " is new or has changed");
            }
        }

        /** There were more announcements than fit: read the namespace anew. */
        record Overrun(String namespace) implements Event {}
    }

    /**
     * Starts to listen.
     *
     * @param name how the command line names the namespace
     */
    public static NamespaceWatch open(NetworkNamespace namespace, String name) {
        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE, namespace);
        try {
            GROUPS.forEach(group -> socket.join(group, ROOM));
            return new NamespaceWatch(socket, name);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The socket, to wait for several at once. */
    public NetlinkSocket socket() {
        return socket;
    }

    /** What was announced since the last call; waits up to {@code limit} if nothing was. */
    public List<Event> next(Duration limit) {
        if (Poll.readable(List.of(socket.fd()), limit)[0] == 0) {
            return List.of();
        }
        try {
            return socket.receive().stream()
                    .flatMap(message -> event(message).stream())
                    .toList();
        } catch (KernelException e) {
            if (e.is(Errno.ENOBUFS)) {
                return List.of(new Event.Overrun(name));
            }
            throw e;
        }
    }

    private Optional<Event> event(NetlinkMessage message) {
        var in = message.body().read();
        return switch (message.type()) {
            case LinkMessage.NEW -> changed(LinkMessage.decode(in), false);
            case LinkMessage.DELETE -> changed(LinkMessage.decode(in), true);
            case AddressMessage.NEW -> changed(AddressMessage.decode(in), false);
            case AddressMessage.DELETE -> changed(AddressMessage.decode(in), true);
            case RouteMessage.NEW -> changed(RouteMessage.decode(in), false);
            case RouteMessage.DELETE -> changed(RouteMessage.decode(in), true);
            case RuleMessage.NEW -> changed(RuleMessage.decode(in), false);
            case RuleMessage.DELETE -> changed(RuleMessage.decode(in), true);
            case NeighborMessage.NEW -> changed(NeighborMessage.decode(in), false);
            case NeighborMessage.DELETE -> changed(NeighborMessage.decode(in), true);
            case NetconfMessage.NEW -> changed(NetconfMessage.decode(in), false);
            case NetconfMessage.DELETE -> changed(NetconfMessage.decode(in), true);
            default -> Optional.empty();
        };
    }

    private Optional<Event> changed(Rtnetlink thing, boolean gone) {
        return Optional.of(new Event.Changed(name, thing, gone));
    }

    @Override
    public void close() {
        socket.close();
    }
}
