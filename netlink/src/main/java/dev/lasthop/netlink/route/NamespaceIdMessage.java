package dev.lasthop.netlink.route;

import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;

/**
 * The number by which one namespace knows another: {@code struct rtgenmsg} and its attributes (include/uapi/linux/net_namespace.h).
 * Each namespace has numbers of its own; {@link LinkMessage#LINK_NETNSID} is one.
 */
public record NamespaceIdMessage(int family, Attributes attributes) implements Rtnetlink {
    public static final int NEW = 88; // RTM_NEWNSID
    public static final int DELETE = 89; // RTM_DELNSID
    public static final int GET = 90; // RTM_GETNSID

    /** {@link #NONE}: not known there. */
    public static final Key<Integer> ID = Key.u32(1, "NETNSA_NSID");

    public static final Key<Integer> PID = Key.u32(2, "NETNSA_PID");
    public static final Key<Integer> FD = Key.u32(3, "NETNSA_FD");

    public static final int NONE = -1; // NETNSA_NSID_NOT_ASSIGNED

    private static final int HEADER = 4; // one byte, aligned

    public static NamespaceIdMessage of(Attribute... attributes) {
        return new NamespaceIdMessage(0, Attributes.of(attributes));
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        return "namespace id " + attributes.get(ID).map(Object::toString).orElse("");
    }

    @Override
    public Bytes encode() {
        return Layout.encode(HEADER, out -> out.put((byte) family), attributes);
    }

    public static NamespaceIdMessage decode(ByteBuffer in) {
        Layout.require(in, HEADER, "rtgenmsg");
        int start = in.position();
        int family = Byte.toUnsignedInt(in.get());
        return new NamespaceIdMessage(family, Layout.tail(in, start, HEADER));
    }
}
