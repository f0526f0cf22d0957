package dev.lasthop.netlink.sockdiag;

import dev.lasthop.address.Family;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.NetlinkSocket;

/** Asks for sockets ({@code SOCK_DIAG_BY_FAMILY}, {@code struct inet_diag_req_v2}). */
public final class SocketQuery {
    private static final int BY_FAMILY = 20;
    private static final int SIZE = 56;

    private SocketQuery() {}

    /**
     * The namespace's sockets of a family and protocol.
     *
     * @param socket one of {@link NetlinkSocket#SOCK_DIAG}
     * @param states a bit for each {@code TCP_*} state that is wanted
     */
    public static Dump dump(NetlinkSocket socket, Family family, Protocol protocol, int states) {
        Bytes request = Bytes.write(
                SIZE,
                out -> out.put((byte) family.number())
                        .put((byte) protocol.number())
                        .putShort((short) 0)
                        .putInt(states));
        return socket.dump("read " + protocol + " sockets of " + family, BY_FAMILY, request);
    }
}
