package dev.lasthop.netlink.route;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;

/**
 * A neighbour, or with the family {@code AF_BRIDGE} an entry of a forwarding database: {@code struct ndmsg} and its attributes
 * (include/uapi/linux/neighbour.h).
 *
 * @param state {@code NUD_*}
 * @param flags {@code NTF_*}
 * @param type {@code RTN_*}
 */
public record NeighborMessage(int family, IfIndex index, int state, int flags, int type, Attributes attributes)
        implements Rtnetlink {
    public static final int NEW = 28; // RTM_NEWNEIGH
    public static final int DELETE = 29; // RTM_DELNEIGH
    public static final int GET = 30; // RTM_GETNEIGH

    public static final Key<IpAddress> DESTINATION = Key.address(1, "NDA_DST");

    /** Six bytes on Ethernet; an IP address on tunnels. */
    public static final Key<Bytes> LINK_ADDRESS = Key.bytes(2, "NDA_LLADDR");

    public static final Key<Bytes> CACHE = Key.bytes(3, "NDA_CACHEINFO");
    public static final Key<Integer> PROBES = Key.u32(4, "NDA_PROBES");
    public static final Key<Integer> VLAN = Key.u16(5, "NDA_VLAN");
    public static final Key<Integer> PORT = Key.bigEndian16(6, "NDA_PORT");
    public static final Key<Integer> VNI = Key.u32(7, "NDA_VNI");
    public static final Key<Integer> IFINDEX = Key.u32(8, "NDA_IFINDEX");
    public static final Key<Integer> MASTER = Key.u32(9, "NDA_MASTER");
    public static final Key<Integer> LINK_NETNSID = Key.u32(10, "NDA_LINK_NETNSID");
    public static final Key<Integer> SOURCE_VNI = Key.u32(11, "NDA_SRC_VNI");
    public static final Key<Integer> PROTOCOL = Key.u8(12, "NDA_PROTOCOL");
    public static final Key<Integer> NEXT_HOP_ID = Key.u32(13, "NDA_NH_ID");

    public static final int SELF = 0x02; // NTF_SELF
    public static final int MASTER_FLAG = 0x04; // NTF_MASTER
    public static final int PROXY = 0x08; // NTF_PROXY
    public static final int REACHABLE = 0x02; // NUD_REACHABLE
    public static final int NO_ARP = 0x40; // NUD_NOARP
    public static final int PERMANENT = 0x80; // NUD_PERMANENT

    private static final int HEADER = 12;

    static NeighborMessage all(int family, int flags) {
        return new NeighborMessage(family, IfIndex.NONE, 0, flags, 0, Attributes.NONE);
    }

    /** A neighbour that is known once and for all. */
    public static NeighborMessage permanent(IfIndex link, IpAddress address, MacAddress mac) {
        return new NeighborMessage(
                address.family().number(),
                link,
                PERMANENT,
                0,
                0,
                Attributes.of(DESTINATION.to(address), LINK_ADDRESS.to(Bytes.of(mac.bytes()))));
    }

    /** An address on a link, to be deleted or looked up. */
    public static NeighborMessage at(IfIndex link, IpAddress address) {
        return new NeighborMessage(address.family().number(), link, 0, 0, 0, Attributes.of(DESTINATION.to(address)));
    }

    /** An address that this host answers for on a link. */
    public static NeighborMessage proxy(IfIndex link, IpAddress address) {
        return new NeighborMessage(
                address.family().number(), link, PERMANENT, PROXY, 0, Attributes.of(DESTINATION.to(address)));
    }

    /** A static entry of a bridge: the address is behind this port. */
    public static NeighborMessage behindPort(IfIndex port, MacAddress mac) {
        return fdb(port, mac, NO_ARP, MASTER_FLAG);
    }

    /** A static entry of a VXLAN device: the address is at this remote host; the zero address stands for all unknown ones. */
    public static NeighborMessage behindRemote(IfIndex vxlan, MacAddress mac, IpAddress remote) {
        NeighborMessage entry = fdb(vxlan, mac, NO_ARP | PERMANENT, SELF);
        return entry.with(DESTINATION.to(remote));
    }

    private static NeighborMessage fdb(IfIndex index, MacAddress mac, int state, int flags) {
        return new NeighborMessage(
                LinkMessage.AF_BRIDGE, index, state, flags, 0, Attributes.of(LINK_ADDRESS.to(Bytes.of(mac.bytes()))));
    }

    public NeighborMessage with(Attribute... more) {
        return new NeighborMessage(family, index, state, flags, type, Layout.joined(attributes, more));
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        String what = family == LinkMessage.AF_BRIDGE
                ? "FDB entry "
                        + attributes.get(LINK_ADDRESS).map(Bytes::toString).orElse("?")
                : "neighbour "
                        + attributes.get(DESTINATION).map(IpAddress::toString).orElse("?");
        return what + " on link number " + index;
    }

    @Override
    public Bytes encode() {
        return Layout.encode(
                HEADER,
                out -> out.put((byte) family)
                        .put((byte) 0)
                        .putShort((short) 0)
                        .putInt(index.value())
                        .putShort((short) state)
                        .put((byte) flags)
                        .put((byte) type),
                attributes);
    }

    public static NeighborMessage decode(ByteBuffer in) {
        Layout.require(in, HEADER, "ndmsg");
        int start = in.position();
        int family = Byte.toUnsignedInt(in.get());
        in.position(start + 4);
        var index = new IfIndex(in.getInt());
        int state = Short.toUnsignedInt(in.getShort());
        int flags = Byte.toUnsignedInt(in.get());
        int type = Byte.toUnsignedInt(in.get());
        return new NeighborMessage(family, index, state, flags, type, Layout.tail(in, start, HEADER));
    }
}
