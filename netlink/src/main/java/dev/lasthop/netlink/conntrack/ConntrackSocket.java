package dev.lasthop.netlink.conntrack;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.netlink.conntrack.ConntrackFilter.Direction;
import dev.lasthop.netlink.nftables.NftHeader;
import java.util.ArrayList;
import java.util.List;

/** Connection tracking of one namespace. */
public final class ConntrackSocket implements AutoCloseable {
    private static final int SUBSYSTEM = 1 << 8; // NFNL_SUBSYS_CTNETLINK
    private static final int NEW = SUBSYSTEM;
    private static final int GET = SUBSYSTEM + 1;
    private static final int DELETE = SUBSYSTEM + 2;
    private static final int GET_PROCESSOR_STATISTICS = SUBSYSTEM + 4;
    private static final int GET_STATISTICS = SUBSYSTEM + 5;

    private static final int CREATE_ONLY = NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
    private static final Key<Integer> MARK_MASK = Key.bigEndian32(21, "CTA_MARK_MASK");

    private final NetlinkSocket socket;

    private ConntrackSocket(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens a socket in the calling thread's namespace. */
    public static ConntrackSocket open() {
        return new ConntrackSocket(NetlinkSocket.open(NetlinkSocket.NETFILTER));
    }

    public static ConntrackSocket open(NetworkNamespace namespace) {
        return new ConntrackSocket(NetlinkSocket.open(NetlinkSocket.NETFILTER, namespace));
    }

    /** The same socket of {@link NetlinkSocket#NETFILTER}; it stays the caller's to close. */
    public static ConntrackSocket over(NetlinkSocket socket) {
        return new ConntrackSocket(socket);
    }

    /** All connections of a family. */
    public Dump all(Family family) {
        return socket.dump("read tracked connections", GET, new NftHeader(family.number(), 0, 0).body(Attributes.NONE));
    }

    /** All connections of both families. */
    public Dump all() {
        return socket.dump("read tracked connections", GET, new NftHeader(0, 0, 0).body(Attributes.NONE));
    }

    /**
     * The connections whose first packet went to this port, whatever its addresses.
     *
     * @throws KernelException EOPNOTSUPP or EINVAL where the kernel does not select by port (before Linux 5.8)
     */
    public Dump to(Family family, Protocol protocol, int port) {
        return socket.dump(
                "read tracked connections to port " + port + "/" + protocol,
                GET,
                ConntrackFilter.toPort(family, protocol, port).body());
    }

    /**
     * The connections of which a flow, the original's or the reply's, comes from this port; of ICMP: those of this identifier. The kernel
     * goes through its whole table for each of the two. A connection may stand there twice.
     *
     * @throws KernelException EOPNOTSUPP or EINVAL where the kernel does not select by port (before Linux 5.8)
     */
    public Dump from(Family family, Protocol protocol, int port) {
        String operation = "read tracked connections from port " + port + "/" + protocol;
        Dump original = socket.dump(
                operation,
                GET,
                ConntrackFilter.fromPort(family, protocol, port, Direction.ORIGINAL)
                        .body());
        if (protocol.isIcmp()) {
            return original; // an answer has the identifier of its question
        }
        Dump reply = socket.dump(
                operation,
                GET,
                ConntrackFilter.fromPort(family, protocol, port, Direction.REPLY)
                        .body());
        var messages = new ArrayList<NetlinkMessage>(original.messages());
        messages.addAll(reply.messages());
        return new Dump(messages, original.interrupted() || reply.interrupted());
    }

    /**
     * The connections whose replies come from the address: those that lead to it, translated or not.
     *
     * @throws KernelException EOPNOTSUPP or EINVAL where the kernel does not select by address (before Linux 5.8)
     */
    public Dump answeredBy(IpAddress address) {
        return socket.dump(
                "read tracked connections to " + address,
                GET,
                ConntrackFilter.answeredBy(address).body());
    }

    /** Counters of each processor: {@link ConntrackStatistics#read}. */
    public Dump processorStatistics() {
        return socket.dump(
                "read connection tracking's statistics",
                GET_PROCESSOR_STATISTICS,
                new NftHeader(0, 0, 0).body(Attributes.NONE));
    }

    /** How many connections there are, and may be. */
    public List<NetlinkMessage> statistics() {
        return socket.request(
                "read connection tracking's size", GET_STATISTICS, 0, new NftHeader(0, 0, 0).body(Attributes.NONE));
    }

    /** Forgets a connection that was read before; whether it was still there. */
    public boolean delete(ConntrackMessage connection) {
        return delete(
                "forget the connection "
                        + connection.original().map(Flow::toString).orElse(""),
                connection.header().family(),
                connection.identity());
    }

    /** Forgets the connection whose first packet was of this flow (for ICMP: an echo request); whether there was one. */
    public boolean delete(Flow original) {
        return delete(
                "forget the connection " + original,
                original.family().number(),
                Attributes.of(ConntrackMessage.ORIGINAL.to(ConntrackMessage.tuple(original))));
    }

    /** Forgets every connection that has this mark. */
    public void deleteMarked(int mark) {
        socket.request(
                "forget the connections of mark " + mark,
                DELETE,
                0,
                new NftHeader(0, 0, 0).body(Attributes.of(ConntrackMessage.MARK.to(mark), MARK_MASK.to(-1))));
    }

    /**
     * Remembers a connection.
     *
     * @throws KernelException EEXIST if it is remembered already, in either direction
     */
    public void create(NewConnection connection) {
        socket.request("remember the connection " + connection.original(), NEW, CREATE_ONLY, connection.body());
    }

    /**
     * Remembers connections, quickly: they are sent together, and only the last is acknowledged.
     *
     * @return whether there was room for them all
     */
    public boolean create(String operation, List<NewConnection> connections) {
        var messages = new ArrayList<NetlinkMessage>();
        for (NewConnection connection : connections) {
            int flags = messages.size() == connections.size() - 1 ? CREATE_ONLY | NetlinkMessage.ACK : CREATE_ONLY;
            messages.add(NetlinkMessage.request(NEW, flags, connection.body()));
        }
        try {
            socket.batch(operation, messages);
            return true;
        } catch (KernelException e) {
            if (e.is(Errno.ENOMEM)) { // __nf_conntrack_alloc, where there are nf_conntrack_max
                return false;
            }
            throw e;
        }
    }

    private boolean delete(String operation, int family, Attributes identity) {
        try {
            socket.request(operation, DELETE, 0, new NftHeader(family, 0, 0).body(identity));
            return true;
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
