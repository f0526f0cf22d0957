package dev.lasthop.wiring.step;

import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.NetlinkSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Netfilter sockets in one namespace that stay open from one change to the next, for as long as a process goes on changing things.
 *
 * <p>Before such a socket is closed, whatever it was used for, the kernel frees what changes of rules deleted ({@code nft_rcv_nl_event},
 * net/netfilter/nf_tables_api.c). That takes 5 to 20 ms, with a mutex held that the next change of rules, and every deletion of a link of
 * the namespace, wait for. Where no socket is closed it is freed by and by, and nobody waits.
 *
 * <p>Each socket is lent to one at a time. Only one that was {@linkplain NetlinkSocket#isReusable() read to the end} is lent again. For
 * several threads.
 */
public final class NetfilterSockets implements AutoCloseable {
    private static final int KEPT = 2; // a change, and somebody who looks meanwhile

    private final NetworkNamespace namespace;
    private final Deque<NetlinkSocket> idle = new ArrayDeque<>();
    private boolean closed;

    /** @param namespace stays the caller's to close */
    public NetfilterSockets(NetworkNamespace namespace) {
        this.namespace = namespace;
    }

    /** One that nobody else uses until it is {@linkplain #giveBack given back}. */
    NetlinkSocket take() {
        return pollIdle().orElseGet(() -> open(namespace));
    }

    private synchronized Optional<NetlinkSocket> pollIdle() {
        return Optional.ofNullable(idle.poll());
    }

    /** Keeps it for the next one, or closes it. */
    void giveBack(NetlinkSocket socket) {
        if (!keep(socket)) {
            closeLater(socket);
        }
    }

    private synchronized boolean keep(NetlinkSocket socket) {
        return !closed && idle.size() < KEPT && socket.isReusable() && idle.offer(socket);
    }

    /** Closes those that nobody uses now; the others are closed when they are given back. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(NetfilterSockets::closeLater);
        idle.clear();
    }

    static NetlinkSocket open(NetworkNamespace namespace) {
        return NetlinkSocket.open(NetlinkSocket.NETFILTER, namespace);
    }

    /** Nobody here has a use for what the kernel does before. */
    static void closeLater(NetlinkSocket socket) {
        Thread.ofPlatform().daemon().name("close netfilter socket").start(socket::close);
    }
}
