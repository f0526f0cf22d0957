package dev.lasthop.netlink;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A netlink socket: sends requests, gathers replies, turns the kernel's no into one {@link KernelException}. It knows no family.
 *
 * <p>A socket belongs to the network namespace of the thread that opened it, whoever uses it later. Requests are made one at a time:
 * {@link #dump}, {@link #request} and {@link #batch} hold a lock for the length of one exchange. {@link #receive} (for multicast) does
 * not take it: a socket that listens should do nothing else.
 */
public final class NetlinkSocket implements AutoCloseable {
    public static final int ROUTE = 0; // NETLINK_ROUTE
    public static final int SOCK_DIAG = 4; // NETLINK_SOCK_DIAG
    public static final int NETFILTER = 12; // NETLINK_NETFILTER
    public static final int GENERIC = 16; // NETLINK_GENERIC

    private static final int AF_NETLINK = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int USUAL_SEND_BUFFER = 100 * 1024;
    private static final int SOL_NETLINK = 270;
    private static final int ADD_MEMBERSHIP = 1;
    private static final int CAP_ACK = 10;
    private static final int EXT_ACK = 11;
    private static final int GET_STRICT_CHECK = 12;
    private static final int BUFFER =
            128 * 1024; // the kernel fills at most 32 KiB of a dump at once; batches of replies may be longer
    private static final int DUMP_TRIES = 5;
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(10);

    private final Fd fd;
    private final String place;
    private final Memory buffer = Memory.collected(BUFFER);
    private int sequence;
    private boolean sound = true;

    private NetlinkSocket(Fd fd, String place) {
        this.fd = fd;
        this.place = place;
    }

    /** Opens a socket in the namespace that the calling thread is in. */
    public static NetlinkSocket open(int protocol) {
        return open(protocol, "");
    }

    /** Opens a socket in another namespace. */
    public static NetlinkSocket open(int protocol, NetworkNamespace namespace) {
        return namespace.call(() -> open(protocol, " in " + namespace));
    }

    private static NetlinkSocket open(int protocol, String place) {
        Fd fd = Fd.socket(AF_NETLINK, Fd.SOCK_RAW, protocol);
        try {
            fd.bind(socketAddress());
            fd.setOption(SOL_NETLINK, EXT_ACK, 1);
            fd.setOption(SOL_NETLINK, CAP_ACK, 1);
            if (protocol == ROUTE) {
                fd.setOption(SOL_NETLINK, GET_STRICT_CHECK, 1);
            }
            return new NetlinkSocket(fd, place);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** What the kernel has of a kind, each message as it was sent. Tried again if it changed meanwhile ({@code NLM_F_DUMP_INTR}). */
    public synchronized Dump dump(String operation, int type, Bytes body) {
        for (int attempt = 1; ; attempt++) {
            send(List.of(NetlinkMessage.request(type, NetlinkMessage.DUMP, body).withSequence(++sequence)));
            var replies = new ArrayList<NetlinkMessage>();
            boolean interrupted = gather(operation, 1, replies);
            if (!interrupted || attempt == DUMP_TRIES) {
                return new Dump(replies, interrupted);
            }
        }
    }

    /** One request with an acknowledgement; the replies that came before it. */
    public synchronized List<NetlinkMessage> request(String operation, int type, int flags, Bytes body) {
        send(List.of(
                NetlinkMessage.request(type, flags | NetlinkMessage.ACK, body).withSequence(++sequence)));
        var replies = new ArrayList<NetlinkMessage>();
        gather(operation, 1, replies);
        return replies;
    }

    /**
     * Several messages in one {@code send(2)}, as nf_tables' transactions need. The messages that ask for an acknowledgement
     * ({@link NetlinkMessage#ACK}) get one each; all of them are awaited, and the first refusal is thrown.
     */
    public List<NetlinkMessage> batch(String operation, List<NetlinkMessage> messages) {
        return batch(index -> operation, messages);
    }

    /** As {@link #batch(String, List)}, each message with an operation of its own, so that a refusal says which one it was. */
    public synchronized List<NetlinkMessage> batch(IntFunction<String> operation, List<NetlinkMessage> messages) {
        int first = sequence + 1;
        var numbered = new ArrayList<NetlinkMessage>();
        messages.forEach(message -> numbered.add(message.withSequence(++sequence)));
        send(numbered);
        int acknowledged = (int) numbered.stream()
                .filter(message -> (message.flags() & NetlinkMessage.ACK) != 0)
                .count();
        var replies = new ArrayList<NetlinkMessage>();
        gather(operation, acknowledged, first, replies);
        return replies;
    }

    /**
     * Whether somebody else may go on with this socket: each exchange was read to its end, and nothing more has come. A refusal is an end
     * too, but for a batch, which may be refused more than once; a lost, late or malformed reply is not.
     */
    public synchronized boolean isReusable() {
        return sound && Poll.readable(List.of(fd), Duration.ZERO)[0] == 0;
    }

    /** Numbers the next request with what comes behind this; for tests. */
    synchronized void countFrom(int last) {
        sequence = last;
    }

    /** Joins a multicast group, with room for {@code bytes} of messages that have not been read yet. */
    public void join(int group, int bytes) {
        fd.setOption(SOL_SOCKET, SO_RCVBUFFORCE, bytes);
        fd.setOption(SOL_NETLINK, ADD_MEMBERSHIP, group);
    }

    /**
     * The multicast messages that are there, without waiting.
     *
     * @throws KernelException ENOBUFS when messages were lost: read the state anew
     */
    public List<NetlinkMessage> receive() {
        var all = new ArrayList<NetlinkMessage>();
        int length;
        while ((length = fd.receive(buffer, Fd.MSG_DONTWAIT)) != -Errno.EAGAIN.number()) {
            if (length < 0) {
                throw new KernelException("listen" + place, Errno.of(-length), "messages were lost");
            }
            all.addAll(NetlinkMessage.decode(buffer.bytes().limit(length)));
        }
        return all;
    }

    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
        buffer.close();
    }

    private void send(List<NetlinkMessage> messages) {
        sound = false; // until the last reply is read
        Bytes bytes = NetlinkMessage.encode(messages);
        if (bytes.size() > USUAL_SEND_BUFFER) { // the kernel refuses what does not fit, EMSGSIZE
            fd.setOption(SOL_SOCKET, SO_SNDBUFFORCE, bytes.size());
        }
        fd.send(bytes.toArray());
    }

    private boolean gather(String operation, int ends, List<NetlinkMessage> replies) {
        return gather(index -> operation, ends, sequence, replies);
    }

    /** Reads replies until {@code ends} acknowledgements (or the end of a dump); whether the dump was interrupted. */
    private boolean gather(IntFunction<String> operations, int ends, int firstSequence, List<NetlinkMessage> replies) {
        boolean interrupted = false;
        KernelException refusal = null;
        int awaited = ends;
        while (awaited > 0) {
            for (NetlinkMessage message : next(operations.apply(0))) {
                int index = message.sequence() - firstSequence; // numbers start again from the least, some day
                if (index < 0 || index > sequence - firstSequence) {
                    continue; // a late reply to a request that was given up
                }
                String operation = operations.apply(index);
                interrupted |= (message.flags() & NetlinkMessage.DUMP_INTERRUPTED) != 0;
                switch (message.type()) {
                    case NetlinkMessage.DONE -> {
                        awaited--;
                        refusal = refusal == null ? Acknowledgement.done(operation + place, message) : refusal;
                    }
                    case NetlinkMessage.ERROR -> {
                        KernelException no = Acknowledgement.error(operation + place, message);
                        awaited -= isRefusalOfTheWhole(no, ends, message, firstSequence) ? awaited : 1;
                        refusal = refusal == null ? no : refusal;
                    }
                    default -> replies.add(message);
                }
            }
        }
        sound = refusal == null || ends == 1 && firstSequence == sequence;
        if (refusal != null) {
            throw refusal;
        }
        return interrupted;
    }

    /** A transaction that is refused at its begin or end message (no right, out of memory) gets no acknowledgements at all. */
    private boolean isRefusalOfTheWhole(
            @org.jspecify.annotations.Nullable KernelException no,
            int ends,
            NetlinkMessage message,
            int firstSequence) {
        return no != null && ends > 1 && (message.sequence() == firstSequence || message.sequence() == sequence);
    }

    private List<NetlinkMessage> next(String operation) {
        int length = fd.receive(buffer, Fd.MSG_DONTWAIT | Fd.MSG_TRUNC); // most answers are there when send(2) returns
        if (length == -Errno.EAGAIN.number()) {
            if (Poll.readable(List.of(fd), REPLY_LIMIT)[0] == 0) {
                throw new KernelException(operation + place, Errno.ETIMEDOUT, "the kernel did not answer");
            }
            length = fd.receive(buffer, Fd.MSG_DONTWAIT | Fd.MSG_TRUNC);
        }
        if (length < 0) {
            throw new KernelException(operation + place, Errno.of(-length));
        }
        if (length > buffer.size()) {
            throw new KernelException(operation + place, Errno.EMSGSIZE, "a reply of " + length + " bytes");
        }
        ByteBuffer in = buffer.bytes().limit(length);
        return NetlinkMessage.decode(in);
    }

    private static byte[] socketAddress() {
        // struct sockaddr_nl: family, padding, port (0: the kernel chooses one), groups
        return ByteBuffer.allocate(12)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_NETLINK)
                .array();
    }
}
