package dev.lasthop.netlink.route;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.nio.ByteBuffer;

/**
 * A policy routing rule: {@code struct fib_rule_hdr} and its attributes (include/uapi/linux/fib_rules.h).
 *
 * @param shortTable the table if it is below 256; {@link #TABLE} has it in any case
 * @param action {@code FR_ACT_*}
 * @param flags {@code FIB_RULE_*}
 */
public record RuleMessage(
        int family,
        int destinationLength,
        int sourceLength,
        int tos,
        int shortTable,
        int action,
        int flags,
        Attributes attributes)
        implements Rtnetlink {
    public static final int NEW = 32; // RTM_NEWRULE
    public static final int DELETE = 33; // RTM_DELRULE
    public static final int GET = 34; // RTM_GETRULE

    public static final Key<IpAddress> DESTINATION = Key.address(1, "FRA_DST");
    public static final Key<IpAddress> SOURCE = Key.address(2, "FRA_SRC");
    public static final Key<String> INPUT = Key.string(3, "FRA_IIFNAME");
    public static final Key<Integer> GOTO_PRIORITY = Key.u32(4, "FRA_GOTO");
    public static final Key<Integer> PRIORITY = Key.u32(6, "FRA_PRIORITY");
    public static final Key<Integer> MARK = Key.u32(10, "FRA_FWMARK");
    public static final Key<Integer> SUPPRESS_GROUP = Key.u32(13, "FRA_SUPPRESS_IFGROUP");
    public static final Key<Integer> SUPPRESS_PREFIX_LENGTH = Key.u32(14, "FRA_SUPPRESS_PREFIXLEN");
    public static final Key<Integer> TABLE = Key.u32(15, "FRA_TABLE");
    public static final Key<Integer> MARK_MASK = Key.u32(16, "FRA_FWMASK");
    public static final Key<String> OUTPUT = Key.string(17, "FRA_OIFNAME");
    public static final Key<Integer> L3MDEV = Key.u8(19, "FRA_L3MDEV");
    public static final Key<Bytes> UID_RANGE = Key.bytes(20, "FRA_UID_RANGE");
    public static final Key<Integer> PROTOCOL = Key.u8(21, "FRA_PROTOCOL");
    public static final Key<Integer> IP_PROTOCOL = Key.u8(22, "FRA_IP_PROTO");
    public static final Key<Ports> SOURCE_PORTS = Ports.key(23, "FRA_SPORT_RANGE");
    public static final Key<Ports> DESTINATION_PORTS = Ports.key(24, "FRA_DPORT_RANGE");

    public static final int TO_TABLE = 1; // FR_ACT_TO_TBL
    public static final int GOTO = 2;
    public static final int NOP = 3;
    public static final int BLACKHOLE = 6;
    public static final int UNREACHABLE = 7;
    public static final int PROHIBIT = 8;

    public static final int INVERTED = 2; // FIB_RULE_INVERT

    private static final int HEADER = 12;

    /** {@code struct fib_rule_port_range}: both ends belong to it. */
    public record Ports(int first, int last) {
        static Key<Ports> key(int type, String name) {
            return Key.fixed(
                    type,
                    name,
                    4,
                    (out, ports) -> out.putShort((short) ports.first()).putShort((short) ports.last()),
                    in -> new Ports(Short.toUnsignedInt(in.getShort()), Short.toUnsignedInt(in.getShort())));
        }
    }

    /** All rules of a family. */
    static RuleMessage all(Family family) {
        return new RuleMessage(family.number(), 0, 0, 0, 0, 0, 0, Attributes.NONE);
    }

    /** A rule that looks into a table. Prefixes' lengths go with {@link #withLengths}. */
    public static RuleMessage of(Family family, long priority, int table, Attribute... selectors) {
        Attributes attributes = Attributes.of(PRIORITY.to((int) priority), TABLE.to(table));
        return new RuleMessage(
                family.number(), 0, 0, 0, table < 256 ? table : 0, TO_TABLE, 0, Layout.joined(attributes, selectors));
    }

    /** How many bits of {@link #SOURCE} and of {@link #DESTINATION} count. */
    public RuleMessage withLengths(int source, int destination) {
        return new RuleMessage(family, destination, source, tos, shortTable, action, flags, attributes);
    }

    public int table() {
        return attributes.get(TABLE).orElse(shortTable);
    }

    @Override
    public int newType() {
        return NEW;
    }

    @Override
    public String words() {
        return "routing rule "
                + attributes.get(PRIORITY).map(Integer::toUnsignedString).orElse("without a priority");
    }

    @Override
    public Bytes encode() {
        return Layout.encode(
                HEADER,
                out -> out.put((byte) family)
                        .put((byte) destinationLength)
                        .put((byte) sourceLength)
                        .put((byte) tos)
                        .put((byte) shortTable)
                        .putShort((short) 0)
                        .put((byte) action)
                        .putInt(flags),
                attributes);
    }

    public static RuleMessage decode(ByteBuffer in) {
        Layout.require(in, HEADER, "fib_rule_hdr");
        int start = in.position();
        int family = Byte.toUnsignedInt(in.get());
        int destination = Byte.toUnsignedInt(in.get());
        int source = Byte.toUnsignedInt(in.get());
        int tos = Byte.toUnsignedInt(in.get());
        int table = Byte.toUnsignedInt(in.get());
        in.getShort(); // reserved
        int action = Byte.toUnsignedInt(in.get());
        int flags = in.getInt();
        return new RuleMessage(family, destination, source, tos, table, action, flags, Layout.tail(in, start, HEADER));
    }
}
