package dev.lasthop.netlink.route;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;

/**
 * An address of an interface: {@code struct ifaddrmsg} and its attributes (include/uapi/linux/if_addr.h).
 *
 * @param shortFlags the lower eight of {@code IFA_F_*}; all of them are in {@link #FLAGS}
 * @param scope {@code RT_SCOPE_*}
 */
public record AddressMessage(
        int family, int prefixLength, int shortFlags, int scope, IfIndex index, Attributes attributes)
        implements Rtnetlink {
    public static final int NEW = 20; // RTM_NEWADDR
    public static final int DELETE = 21; // RTM_DELADDR
    public static final int GET = 22; // RTM_GETADDR

    /** The peer's address on a point-to-point link, else the same as {@link #LOCAL}; in IPv6 often the only one. */
    public static final Key<IpAddress> ADDRESS = Key.address(1, "IFA_ADDRESS");

    public static final Key<IpAddress> LOCAL = Key.address(2, "IFA_LOCAL");
    public static final Key<String> LABEL = Key.string(3, "IFA_LABEL");
    public static final Key<IpAddress> BROADCAST = Key.address(4, "IFA_BROADCAST");
    public static final Key<Integer> FLAGS = Key.u32(8, "IFA_FLAGS");
    public static final Key<Integer> PRIORITY = Key.u32(9, "IFA_RT_PRIORITY");
    public static final Key<Integer> PROTOCOL = Key.u8(11, "IFA_PROTO");

    public static final int NO_DAD = 0x02; // IFA_F_NODAD
    public static final int DAD_FAILED = 0x08; // IFA_F_DADFAILED
    public static final int TENTATIVE = 0x40; // IFA_F_TENTATIVE
    public static final int NO_PREFIX_ROUTE = 0x200; // IFA_F_NOPREFIXROUTE

    private static final int HEADER = 8;

    /** All addresses of a family; 0 for all families. */
    static AddressMessage all(int family) {
        return new AddressMessage(family, 0, 0, 0, IfIndex.NONE, Attributes.NONE);
    }

    /** An address with its prefix length for an interface, with the usual broadcast address in IPv4. */
    public static AddressMessage of(IfIndex index, Prefix prefix, Attribute... more) {
        IpAddress address = prefix.address();
        Attributes attributes = Attributes.of(LOCAL.to(address), ADDRESS.to(address));
        if (prefix.family() == Family.IPV4 && prefix.length() < 31) {
            attributes = attributes.with(BROADCAST.to(prefix.last()));
        }
        return new AddressMessage(
                prefix.family().number(), prefix.length(), 0, 0, index, Layout.joined(attributes, more));
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        String address = attributes
                .get(LOCAL)
                .or(() -> attributes.get(ADDRESS))
                .map(IpAddress::toString)
                .orElse("?");
        return "address " + address + "/" + prefixLength + " on link number " + index;
    }

    @Override
    public Bytes encode() {
        return Layout.encode(
                HEADER,
                out -> out.put((byte) family)
                        .put((byte) prefixLength)
                        .put((byte) shortFlags)
                        .put((byte) scope)
                        .putInt(index.value()),
                attributes);
    }

    public static AddressMessage decode(ByteBuffer in) {
        Layout.require(in, HEADER, "ifaddrmsg");
        int start = in.position();
        int family = Byte.toUnsignedInt(in.get());
        int prefixLength = Byte.toUnsignedInt(in.get());
        int flags = Byte.toUnsignedInt(in.get());
        int scope = Byte.toUnsignedInt(in.get());
        var index = new IfIndex(in.getInt());
        return new AddressMessage(family, prefixLength, flags, scope, index, Layout.tail(in, start, HEADER));
    }
}
