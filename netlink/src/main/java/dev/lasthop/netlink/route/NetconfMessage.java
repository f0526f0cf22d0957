package dev.lasthop.netlink.route;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;

/**
 * Some of a family's settings, of one interface, of all ({@link #ALL}) or for new ones ({@link #DEFAULT}): {@code struct netconfmsg}
 * and its attributes (include/uapi/linux/netconf.h). Read and heard only; sysctls change them.
 */
public record NetconfMessage(int family, Attributes attributes) implements Rtnetlink {
    public static final int NEW = 80; // RTM_NEWNETCONF
    public static final int DELETE = 81; // RTM_DELNETCONF
    public static final int GET = 82; // RTM_GETNETCONF

    public static final Key<Integer> IFINDEX = Key.u32(1, "NETCONFA_IFINDEX");
    public static final Key<Integer> FORWARDING = Key.u32(2, "NETCONFA_FORWARDING");
    public static final Key<Integer> RP_FILTER = Key.u32(3, "NETCONFA_RP_FILTER");
    public static final Key<Integer> PROXY_NEIGHBOR = Key.u32(5, "NETCONFA_PROXY_NEIGH");
    public static final Key<Integer> IGNORE_LINK_DOWN = Key.u32(6, "NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN");

    public static final int ALL = -1; // NETCONFA_IFINDEX_ALL
    public static final int DEFAULT = -2; // NETCONFA_IFINDEX_DEFAULT

    private static final int HEADER = 4; // one byte, aligned

    static NetconfMessage all(int family) {
        return new NetconfMessage(family, Attributes.NONE);
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        return "settings of link number "
                + attributes.get(IFINDEX).map(Object::toString).orElse("?");
    }

    @Override
    public Bytes encode() {
        return Layout.encode(HEADER, out -> out.put((byte) family), attributes);
    }

    public static NetconfMessage decode(ByteBuffer in) {
        Layout.require(in, HEADER, "netconfmsg");
        int start = in.position();
        int family = Byte.toUnsignedInt(in.get());
        return new NetconfMessage(family, Layout.tail(in, start, HEADER));
    }
}
