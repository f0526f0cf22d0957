package dev.lasthop.netlink.route;

import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A next hop, or a group of them, that routes share: {@code struct nhmsg} and its attributes (include/uapi/linux/nexthop.h, since 5.3). */
public record NextHopMessage(int family, int scope, int protocol, int flags, Attributes attributes)
        implements Rtnetlink {
    public static final int NEW = 104; // RTM_NEWNEXTHOP
    public static final int DELETE = 105; // RTM_DELNEXTHOP
    public static final int GET = 106; // RTM_GETNEXTHOP

    public static final Key<Integer> ID = Key.u32(1, "NHA_ID");
    public static final Key<List<Member>> GROUP = Key.of(2, "NHA_GROUP", Member::encode, Member::decode);
    public static final Key<Boolean> BLACKHOLE = Key.flag(4, "NHA_BLACKHOLE");
    public static final Key<Integer> OUTPUT = Key.u32(5, "NHA_OIF");
    public static final Key<IpAddress> GATEWAY = Key.address(6, "NHA_GATEWAY");

    private static final int HEADER = 8;

    /** {@code struct nexthop_grp}; the weight is less one. */
    public record Member(int id, int weight) {
        private static final int SIZE = 8;

        private static Bytes encode(List<Member> members) {
            return Bytes.write(
                    members.size() * SIZE,
                    out -> members.forEach(member -> out.putInt(member.id)
                            .put((byte) member.weight)
                            .put((byte) (member.weight >> 8))
                            .putShort((short) 0)));
        }

        private static List<Member> decode(ByteBuffer in) {
            if (in.remaining() % SIZE != 0) {
                throw new MalformedMessageException(
                        "NHA_GROUP is %d bytes, not a multiple of %d".formatted(in.remaining(), SIZE));
            }
            var members = new ArrayList<Member>();
            while (in.hasRemaining()) {
                int id = in.getInt();
                int weight = Byte.toUnsignedInt(in.get()) | Byte.toUnsignedInt(in.get()) << 8;
                in.getShort(); // reserved
                members.add(new Member(id, weight));
            }
            return List.copyOf(members);
        }
    }

    static NextHopMessage all() {
        return new NextHopMessage(0, 0, 0, 0, Attributes.NONE);
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        return "next hop " + attributes.get(ID).map(Integer::toUnsignedString).orElse("without a number");
    }

    @Override
    public Bytes encode() {
        return Layout.encode(
                HEADER,
                out -> out.put((byte) family)
                        .put((byte) scope)
                        .put((byte) protocol)
                        .put((byte) 0)
                        .putInt(flags),
                attributes);
    }

    public static NextHopMessage decode(ByteBuffer in) {
        Layout.require(in, HEADER, "nhmsg");
        int start = in.position();
        int family = Byte.toUnsignedInt(in.get());
        int scope = Byte.toUnsignedInt(in.get());
        int protocol = Byte.toUnsignedInt(in.get());
        in.get(); // reserved
        int flags = in.getInt();
        return new NextHopMessage(family, scope, protocol, flags, Layout.tail(in, start, HEADER));
    }
}
