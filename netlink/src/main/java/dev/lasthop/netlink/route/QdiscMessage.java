package dev.lasthop.netlink.route;

import dev.lasthop.address.IfIndex;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;

/**
 * A queueing discipline: where a link's packets wait, and for how long. {@code struct tcmsg} and its attributes
 * (include/uapi/linux/rtnetlink.h, pkt_sched.h).
 *
 * @param handle its own number, major in the upper 16 bits: {@code 1:} is 0x00010000; 0 lets the kernel choose
 * @param parent where it hangs: {@link #ROOT}, {@link #INGRESS}, or a class of another
 * @param info the number of references to it, in what the kernel sends
 */
public record QdiscMessage(IfIndex index, int handle, int parent, int info, Attributes attributes)
        implements Rtnetlink {
    public static final int NEW = 36; // RTM_NEWQDISC
    public static final int DELETE = 37; // RTM_DELQDISC
    public static final int GET = 38; // RTM_GETQDISC

    /** What a link sends goes through the discipline that hangs here. */
    public static final int ROOT = 0xffffffff; // TC_H_ROOT

    /** What a link receives is shown to the filters that hang here. */
    public static final int INGRESS = 0xfffffff1; // TC_H_INGRESS, TC_H_CLSACT

    /** The handle that the discipline at {@link #INGRESS} always has: {@code ffff:}. */
    public static final int INGRESS_HANDLE = 0xffff0000;

    public static final Key<String> KIND = Key.string(1, "TCA_KIND");

    /** What the kind understands: {@link TrafficControl.Tbf}; elsewhere not even attributes. */
    public static final Key<Bytes> OPTIONS = Key.bytes(2, "TCA_OPTIONS");

    public static final Key<Attributes> STATISTICS = Key.nested(7, "TCA_STATS2");

    /** A discipline of this kind to be made. */
    public static QdiscMessage of(IfIndex link, int handle, int parent, String kind, Attribute... options) {
        QdiscMessage message = new QdiscMessage(link, handle, parent, 0, Attributes.of(KIND.to(kind)));
        return options.length == 0
                ? message
                : message.with(OPTIONS.to(Attributes.of(options).encode()));
    }

    /** What hangs at a place, to be looked up or deleted. */
    public static QdiscMessage at(IfIndex link, int parent) {
        return new QdiscMessage(link, 0, parent, 0, Attributes.NONE);
    }

    public QdiscMessage with(Attribute... more) {
        return new QdiscMessage(index, handle, parent, info, Layout.joined(attributes, more));
    }

    public String kind() {
        return attributes.get(KIND).orElse("");
    }

    /** The kind's own attributes; none where its options are none. */
    public Attributes options() {
        return attributes
                .get(OPTIONS)
                .map(bytes -> Attributes.decode(bytes.read()))
                .orElse(Attributes.NONE);
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        return "qdisc " + kind() + " on link number " + index;
    }

    @Override
    public Bytes encode() {
        return TrafficControl.encode(index, handle, parent, info, attributes);
    }

    public static QdiscMessage decode(ByteBuffer in) {
        return TrafficControl.decode(in, QdiscMessage::new);
    }
}
