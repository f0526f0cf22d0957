package dev.lasthop.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One message as it stands on the wire: {@code struct nlmsghdr} (include/uapi/linux/netlink.h) and its body, which only the family
 * that it belongs to can read.
 */
public record NetlinkMessage(int type, int flags, int sequence, int port, Bytes body) {
    public static final int HEADER = 16;

    public static final int ERROR = 2; // NLMSG_ERROR
    public static final int DONE = 3; // NLMSG_DONE
    public static final int OVERRUN = 4; // NLMSG_OVERRUN

    public static final int REQUEST = 0x1; // NLM_F_REQUEST
    public static final int ACK = 0x4; // NLM_F_ACK
    public static final int ECHO = 0x8; // NLM_F_ECHO: what is found or changed is sent to who asked
    public static final int DUMP_INTERRUPTED = 0x10; // NLM_F_DUMP_INTR
    public static final int DUMP = 0x300; // NLM_F_ROOT | NLM_F_MATCH
    public static final int REPLACE = 0x100; // NLM_F_REPLACE
    public static final int EXCLUSIVE = 0x200; // NLM_F_EXCL
    public static final int CREATE = 0x400; // NLM_F_CREATE
    public static final int APPEND = 0x800; // NLM_F_APPEND
    static final int ACK_CAPPED = 0x100; // NLM_F_CAPPED
    static final int ACK_ATTRIBUTES = 0x200; // NLM_F_ACK_TLVS

    public static NetlinkMessage request(int type, int flags, Bytes body) {
        return new NetlinkMessage(type, flags | REQUEST, 0, 0, body);
    }

    NetlinkMessage withSequence(int number) {
        return new NetlinkMessage(type, flags, number, port, body);
    }

    /** Bytes on the wire, padding included. */
    int size() {
        return Attribute.align(HEADER + body.size());
    }

    void encode(ByteBuffer out) {
        int end = out.position() + size();
        out.putInt(HEADER + body.size())
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(sequence)
                .putInt(port)
                .put(body.read());
        out.position(end);
    }

    /** Messages one behind the other, as the kernel sends them and as a recording keeps them. */
    public static Bytes encode(List<NetlinkMessage> messages) {
        return Bytes.write(
                messages.stream().mapToInt(NetlinkMessage::size).sum(), out -> messages.forEach(m -> m.encode(out)));
    }

    /** All messages up to the end of {@code in}. */
    public static List<NetlinkMessage> decode(ByteBuffer in) {
        in.order(ByteOrder.nativeOrder());
        var all = new ArrayList<NetlinkMessage>();
        while (in.hasRemaining()) {
            if (in.remaining() < HEADER) {
                throw new MalformedMessageException(
                        "message header cut short: %d bytes left".formatted(in.remaining()));
            }
            int length = in.getInt();
            int type = Short.toUnsignedInt(in.getShort());
            int flags = Short.toUnsignedInt(in.getShort());
            int sequence = in.getInt();
            int port = in.getInt();
            if (length < HEADER || length - HEADER > in.remaining()) {
                throw new MalformedMessageException("message of type %d says %s bytes, %d are left"
                        .formatted(type, Integer.toUnsignedString(length), HEADER + in.remaining()));
            }
            Bytes body = Bytes.take(in, length - HEADER);
            in.position(Math.min(in.limit(), in.position() + Attribute.align(length) - length));
            all.add(new NetlinkMessage(type, flags, sequence, port, body));
        }
        return all;
    }
}
