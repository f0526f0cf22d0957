package dev.lasthop.netlink.conntrack;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.netlink.nftables.NftHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Connection tracking of one namespace. */
public final class ConntrackSocket implements AutoCloseable {
    private static final int SUBSYSTEM = 1 << 8; // NFNL_SUBSYS_CTNETLINK
    private static final int GET = SUBSYSTEM + 1;
    private static final int DELETE = SUBSYSTEM + 2;
    private static final int GET_PROCESSOR_STATISTICS = SUBSYSTEM + 4;
    private static final int GET_STATISTICS = SUBSYSTEM + 5;

    private static final Key<Attributes> FILTER = Key.flaggedNested(25, "CTA_FILTER");
    private static final Key<Integer> ORIGINAL_FLAGS = Key.u32(1, "CTA_FILTER_ORIG_FLAGS");
    private static final Key<Integer> REPLY_FLAGS = Key.u32(2, "CTA_FILTER_REPLY_FLAGS");
    private static final int BY_SOURCE = 1; // CTA_FILTER_F_CTA_IP_SRC
    private static final int BY_DESTINATION = 2; // CTA_FILTER_F_CTA_IP_DST
    private static final int BY_PROTOCOL = 8; // CTA_FILTER_F_CTA_PROTO_NUM
    private static final int BY_DESTINATION_PORT = 32; // CTA_FILTER_F_CTA_PROTO_DST_PORT
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REQUEST_IPV6 = 128;

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

    /** All connections of a family. */
    public Dump all(Family family) {
        return socket.dump("read tracked connections", GET, new NftHeader(family.number(), 0, 0).body(Attributes.NONE));
    }

    /** All connections of both families. */
    public Dump all() {
        return socket.dump("read tracked connections", GET, new NftHeader(0, 0, 0).body(Attributes.NONE));
    }

    /** {@link #involving(IpAddress, Optional)}, of any protocol. */
    public Dump involving(IpAddress address) {
        return involving(address, Optional.empty());
    }

    /**
     * The connections whose first packet went to this port, whatever its addresses.
     *
     * @throws KernelException EOPNOTSUPP or EINVAL where the kernel does not select by port (before Linux 5.8)
     */
    public Dump to(Family family, Protocol protocol, int port) {
        Attribute tuple = ConntrackMessage.ORIGINAL.to(Attributes.of(ConntrackMessage.TUPLE_PROTOCOL.to(Attributes.of(
                ConntrackMessage.NUMBER.to(protocol.number()), ConntrackMessage.DESTINATION_PORT.to(port)))));
        Attribute filter =
                FILTER.to(Attributes.of(ORIGINAL_FLAGS.to(BY_PROTOCOL | BY_DESTINATION_PORT), REPLY_FLAGS.to(0)));
        return socket.dump(
                "read tracked connections to port " + port + "/" + protocol,
                GET,
                new NftHeader(family.number(), 0, 0).body(Attributes.of(tuple, filter)));
    }

    /**
     * The connections in which the address is one of the four: the original's source or destination, or the reply's. A connection may
     * stand there twice.
     *
     * @param protocol only those of this one
     * @throws KernelException EOPNOTSUPP or EINVAL where the kernel does not select by address (before Linux 5.8)
     */
    public Dump involving(IpAddress address, Optional<Protocol> protocol) {
        var messages = new ArrayList<NetlinkMessage>();
        boolean interrupted = false;
        for (boolean reply : List.of(false, true)) {
            for (boolean source : List.of(true, false)) {
                Dump some = selected(address, protocol, reply, source);
                messages.addAll(some.messages());
                interrupted |= some.interrupted();
            }
        }
        return new Dump(messages, interrupted);
    }

    /**
     * The connections whose replies come from the address: those that lead to it, translated or not. The kernel goes through its whole
     * table for each question, so this is a quarter of {@link #involving}.
     *
     * @throws KernelException EOPNOTSUPP or EINVAL where the kernel does not select by address (before Linux 5.8)
     */
    public Dump answeredBy(IpAddress address) {
        return selected(address, Optional.empty(), true, true);
    }

    private Dump selected(IpAddress address, Optional<Protocol> protocol, boolean reply, boolean source) {
        boolean ipv4 = address.family() == Family.IPV4;
        Key<IpAddress> key = source
                ? (ipv4 ? ConntrackMessage.IPV4_SOURCE : ConntrackMessage.IPV6_SOURCE)
                : (ipv4 ? ConntrackMessage.IPV4_DESTINATION : ConntrackMessage.IPV6_DESTINATION);
        Attribute ip = ConntrackMessage.TUPLE_IP.to(Attributes.of(key.to(address)));
        Attributes wanted = protocol.map(one -> Attributes.of(
                        ip,
                        ConntrackMessage.TUPLE_PROTOCOL.to(Attributes.of(ConntrackMessage.NUMBER.to(one.number())))))
                .orElse(Attributes.of(ip));
        Attribute tuple = (reply ? ConntrackMessage.REPLY : ConntrackMessage.ORIGINAL).to(wanted);
        int flag = (source ? BY_SOURCE : BY_DESTINATION) | (protocol.isPresent() ? BY_PROTOCOL : 0);
        Attribute filter =
                FILTER.to(Attributes.of(ORIGINAL_FLAGS.to(reply ? 0 : flag), REPLY_FLAGS.to(reply ? flag : 0)));
        return socket.dump(
                "read tracked connections of " + address,
                GET,
                new NftHeader(address.family().number(), 0, 0).body(Attributes.of(tuple, filter)));
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
        int type = original.family() == Family.IPV4 ? ECHO_REQUEST : ECHO_REQUEST_IPV6;
        return delete(
                "forget the connection " + original,
                original.family().number(),
                Attributes.of(ConntrackMessage.ORIGINAL.to(ConntrackMessage.tuple(original, type))));
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
