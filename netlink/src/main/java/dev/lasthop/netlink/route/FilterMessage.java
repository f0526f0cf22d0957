package dev.lasthop.netlink.route;

import dev.lasthop.address.IfIndex;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;

/**
 * A filter of traffic control, which says of packets what is to be done with them: {@code struct tcmsg} and its attributes
 * (include/uapi/linux/rtnetlink.h, pkt_cls.h).
 *
 * @param handle the kernel's number for it, within those of its priority; 0 lets the kernel choose
 * @param parent what it hangs on: {@link #RECEIVED}, {@link #SENT}, or a discipline's handle
 * @param info its {@link #priority} and its {@link #protocol}
 */
public record FilterMessage(IfIndex index, int handle, int parent, int info, Attributes attributes)
        implements Rtnetlink {
    public static final int NEW = 44; // RTM_NEWTFILTER
    public static final int DELETE = 45; // RTM_DELTFILTER
    public static final int GET = 46; // RTM_GETTFILTER

    /** Of a link with {@code clsact}: what it receives. */
    public static final int RECEIVED = 0xfffffff2; // TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)

    /** Of a link with {@code clsact}: what it sends. */
    public static final int SENT = 0xfffffff3; // TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

    /** All protocols. */
    public static final int ALL = 3; // ETH_P_ALL

    public static final Key<String> KIND = Key.string(1, "TCA_KIND");

    /** What the kind understands: {@link TrafficControl.U32}. */
    public static final Key<Attributes> OPTIONS = Key.nested(2, "TCA_OPTIONS");

    public static final Key<Integer> CHAIN = Key.u32(11, "TCA_CHAIN");

    /**
     * A filter to be made.
     *
     * @param priority 1 to 65535; the smaller, the earlier
     * @param protocol an Ethernet type, or {@link #ALL}
     */
    public static FilterMessage of(
            IfIndex link, int parent, int priority, int protocol, String kind, Attribute... options) {
        return new FilterMessage(
                link,
                0,
                parent,
                info(priority, protocol),
                Attributes.of(KIND.to(kind), OPTIONS.to(Attributes.of(options))));
    }

    /** All filters of a priority, to be deleted; with the priority 0, all that hang there, to be looked at. */
    public static FilterMessage at(IfIndex link, int parent, int priority, int protocol) {
        return new FilterMessage(link, 0, parent, info(priority, protocol), Attributes.NONE);
    }

    private static int info(int priority, int protocol) {
        return priority << 16 | Short.toUnsignedInt(networkOrder(protocol));
    }

    private static short networkOrder(int protocol) {
        return java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.BIG_ENDIAN
                ? (short) protocol
                : Short.reverseBytes((short) protocol);
    }

    public int priority() {
        return info >>> 16;
    }

    public int protocol() {
        return Short.toUnsignedInt(networkOrder(info));
    }

    public String kind() {
        return attributes.get(KIND).orElse("");
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        return "filter " + kind() + " of priority " + priority() + " on link number " + index;
    }

    @Override
    public Bytes encode() {
        return TrafficControl.encode(index, handle, parent, info, attributes);
    }

    public static FilterMessage decode(ByteBuffer in) {
        return TrafficControl.decode(in, FilterMessage::new);
    }
}
