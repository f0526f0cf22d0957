package dev.lasthop.netlink.route;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.MacAddress;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;

/**
 * A network interface: {@code struct ifinfomsg} and its attributes (include/uapi/linux/if_link.h). What is particular to a kind of
 * interface is in {@link LinkKinds}. With the family {@code AF_BRIDGE} it is a bridge port with its VLANs.
 *
 * <pre>
 *  0        8        16                32
 *  +--------+--------+-----------------+
 *  | family |   0    | ARPHRD_* type   |
 *  +--------+--------+-----------------+
 *  |               index               |
 *  +-----------------------------------+
 *  |           flags (IFF_*)           |
 *  +-----------------------------------+
 *  |     which flags are to change     |
 *  +-----------------------------------+
 * </pre>
 *
 * @see <a href="https://docs.kernel.org/networking/netlink_spec/rt-link.html">rt-link</a>
 */
public record LinkMessage(int family, int type, IfIndex index, int flags, int change, Attributes attributes)
        implements Rtnetlink {
    public static final int NEW = 16; // RTM_NEWLINK
    public static final int DELETE = 17; // RTM_DELLINK
    public static final int GET = 18; // RTM_GETLINK
    public static final int SET = 19; // RTM_SETLINK

    public static final int AF_BRIDGE = 7;
    public static final int UP = 1; // IFF_UP
    public static final int LOOPBACK = 0x8; // IFF_LOOPBACK

    /** Six bytes on Ethernet; other lengths elsewhere. */
    public static final Key<Bytes> ADDRESS = Key.bytes(1, "IFLA_ADDRESS");

    public static final Key<String> IFNAME = Key.string(3, "IFLA_IFNAME");
    public static final Key<Integer> MTU = Key.u32(4, "IFLA_MTU");
    public static final Key<Integer> LINK = Key.u32(5, "IFLA_LINK");
    public static final Key<String> QDISC = Key.string(6, "IFLA_QDISC");
    public static final Key<Integer> MASTER = Key.u32(10, "IFLA_MASTER");

    /** A bridge port's settings, where the family is {@code AF_BRIDGE}; the kernel wants {@code NLA_F_NESTED} here. */
    public static final Key<Attributes> PROTINFO = Key.flaggedNested(12, "IFLA_PROTINFO");

    public static final Key<Integer> TXQLEN = Key.u32(13, "IFLA_TXQLEN");
    public static final Key<Integer> OPERSTATE = Key.u8(16, "IFLA_OPERSTATE");
    public static final Key<Attributes> LINKINFO = Key.nested(18, "IFLA_LINKINFO");
    public static final Key<Integer> NET_NS_PID = Key.u32(19, "IFLA_NET_NS_PID");
    public static final Key<String> IFALIAS = Key.string(20, "IFLA_IFALIAS");
    public static final Key<LinkStatistics> STATS64 = LinkStatistics.key(23, "IFLA_STATS64");
    public static final Key<Attributes> AF_SPEC = Key.nested(26, "IFLA_AF_SPEC");
    public static final Key<Integer> GROUP = Key.u32(27, "IFLA_GROUP");
    public static final Key<Integer> NET_NS_FD = Key.u32(28, "IFLA_NET_NS_FD");
    public static final Key<Integer> EXT_MASK = Key.u32(29, "IFLA_EXT_MASK");
    public static final Key<Integer> PROMISCUITY = Key.u32(30, "IFLA_PROMISCUITY");
    public static final Key<Integer> NUM_TX_QUEUES = Key.u32(31, "IFLA_NUM_TX_QUEUES");
    public static final Key<Integer> NUM_RX_QUEUES = Key.u32(32, "IFLA_NUM_RX_QUEUES");
    public static final Key<Integer> CARRIER = Key.u8(33, "IFLA_CARRIER");

    /** The namespace that {@link #LINK} is in, as this namespace knows it; there only if it is another one. */
    public static final Key<Integer> LINK_NETNSID = Key.u32(37, "IFLA_LINK_NETNSID");

    public static final Key<Attributes> XDP = Key.nested(43, "IFLA_XDP");
    public static final Key<Integer> NEW_IFINDEX = Key.u32(49, "IFLA_NEW_IFINDEX");
    public static final Key<Attributes> PROP_LIST = Key.flaggedNested(52, "IFLA_PROP_LIST");
    public static final Key<String> ALT_IFNAME = Key.string(53, "IFLA_ALT_IFNAME");

    // Within LINKINFO
    public static final Key<String> INFO_KIND = Key.string(1, "IFLA_INFO_KIND");
    public static final Key<Attributes> INFO_DATA = Key.nested(2, "IFLA_INFO_DATA");
    public static final Key<String> INFO_SLAVE_KIND = Key.string(4, "IFLA_INFO_SLAVE_KIND");
    public static final Key<Attributes> INFO_SLAVE_DATA = Key.nested(5, "IFLA_INFO_SLAVE_DATA");

    // Within AF_SPEC of the family AF_UNSPEC: a family, within it an array of settings (Devconf)
    public static final Key<Attributes> AF_SPEC_INET = Key.nested(2, "AF_INET");
    public static final Key<Attributes> AF_SPEC_INET6 = Key.nested(10, "AF_INET6");
    public static final Key<Bytes> INET_CONF = Key.bytes(1, "IFLA_INET_CONF");
    public static final Key<Bytes> INET6_CONF = Key.bytes(2, "IFLA_INET6_CONF");

    // Within XDP
    public static final Key<Integer> XDP_ATTACHED = Key.u8(2, "IFLA_XDP_ATTACHED");
    public static final Key<Integer> XDP_PROG_ID = Key.u32(4, "IFLA_XDP_PROG_ID");

    /** Bits of {@link #EXT_MASK}: the VLANs of bridge ports, as ranges where they are consecutive. */
    public static final int VLANS = 2; // RTEXT_FILTER_BRVLAN

    public static final int VLAN_RANGES = 4; // RTEXT_FILTER_BRVLAN_COMPRESSED

    private static final int HEADER = 16;

    public static LinkMessage of(Attribute... attributes) {
        return new LinkMessage(0, 0, IfIndex.NONE, 0, 0, Attributes.of(attributes));
    }

    /** The interface of this number, for a change or a deletion. */
    public static LinkMessage at(IfIndex index, Attribute... attributes) {
        return new LinkMessage(0, 0, index, 0, 0, Attributes.of(attributes));
    }

    /** A new interface of a kind: {@code LinkMessage.create("br0", "bridge", LinkKinds.Bridge.STP_STATE.to(0))}. */
    public static LinkMessage create(String name, String kind, Attribute... data) {
        return of(IFNAME.to(name), info(kind, data));
    }

    /** A new veth, and its other end: a message with its name and, for another namespace, {@link #NET_NS_FD}. */
    public static LinkMessage veth(String name, LinkMessage peer) {
        return create(name, "veth", LinkKinds.Veth.PEER.to(peer));
    }

    /** A bridge port, for a change of its settings ({@link LinkKinds.BridgePort}). */
    public static LinkMessage bridgePort(IfIndex index, Attribute... settings) {
        return new LinkMessage(AF_BRIDGE, 0, index, 0, 0, Attributes.of(PROTINFO.to(Attributes.of(settings))));
    }

    /** {@link #LINKINFO} of a kind. */
    public static Attribute info(String kind, Attribute... data) {
        return data.length == 0
                ? LINKINFO.to(Attributes.of(INFO_KIND.to(kind)))
                : LINKINFO.to(Attributes.of(INFO_KIND.to(kind), INFO_DATA.to(Attributes.of(data))));
    }

    /** {@link #ADDRESS} of an Ethernet interface. */
    public static Attribute mac(MacAddress address) {
        return ADDRESS.to(Bytes.of(address.bytes()));
    }

    /** This and more attributes. */
    public LinkMessage with(Attribute... more) {
        return new LinkMessage(family, type, index, flags, change, Layout.joined(attributes, more));
    }

    /** This, setting the flags of {@code mask} as they stand in {@code values}. */
    public LinkMessage withFlags(int values, int mask) {
        return new LinkMessage(family, type, index, values, mask, attributes);
    }

    public LinkMessage up() {
        return withFlags(flags | UP, change | UP);
    }

    public LinkMessage down() {
        return withFlags(flags & ~UP, change | UP);
    }

    public String name() {
        return attributes.get(IFNAME).orElse("");
    }

    /** {@code veth}, {@code bridge} …; empty for hardware. */
    public String kind() {
        return attributes.get(LINKINFO).flatMap(info -> info.get(INFO_KIND)).orElse("");
    }

    /** What is particular to its kind; see {@link LinkKinds}. */
    public Attributes data() {
        return attributes.get(LINKINFO).flatMap(info -> info.get(INFO_DATA)).orElse(Attributes.NONE);
    }

    /** What is particular to a port of its master's kind: {@link LinkKinds.BridgePort}. */
    public Attributes portData() {
        return attributes
                .get(LINKINFO)
                .flatMap(info -> info.get(INFO_SLAVE_DATA))
                .orElse(Attributes.NONE);
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        String kind = kind();
        String what = name().isEmpty() ? "number " + index : name();
        return (kind.isEmpty() ? "link" : kind) + " " + what;
    }

    @Override
    public Bytes encode() {
        return Layout.encode(
                HEADER,
                out -> out.put((byte) family)
                        .put((byte) 0)
                        .putShort((short) type)
                        .putInt(index.value())
                        .putInt(flags)
                        .putInt(change),
                attributes);
    }

    public static LinkMessage decode(ByteBuffer in) {
        Layout.require(in, HEADER, "ifinfomsg");
        int start = in.position();
        int family = Byte.toUnsignedInt(in.get());
        in.get(); // reserved
        int type = Short.toUnsignedInt(in.getShort());
        var index = new IfIndex(in.getInt());
        return new LinkMessage(family, type, index, in.getInt(), in.getInt(), Layout.tail(in, start, HEADER));
    }
}
