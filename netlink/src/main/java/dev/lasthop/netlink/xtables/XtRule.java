package dev.lasthop.netlink.xtables;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.MetaKey;
import dev.lasthop.netlink.nftables.Statement;
import dev.lasthop.netlink.nftables.Transform;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * One rule of an older table: {@code struct ipt_entry} or {@code struct ip6t_entry}, with its checks in nf_tables' terms, so that both
 * kinds of rules are read, written and followed by the same code.
 *
 * @param offset where it stands in its table
 * @param size of all its bytes
 * @param checks what it asks, its counter at the end
 * @param target the name of what it does; empty for a verdict or jump
 * @param verdict for a verdict or jump: below 0 a verdict, {@code -NF_ACCEPT - 1} and the like; otherwise the offset of a rule to go
 *     on with
 * @param isGoto whether a jump does not come back
 */
public record XtRule(
        int offset, int size, List<Expression> checks, Extension.Target target, OptionalInt verdict, boolean isGoto) {
    /** The name of the target that stands between chains. */
    public static final String MARK = "ERROR";

    public static final int ACCEPT = -2; // -NF_ACCEPT - 1
    public static final int DROP = -1;
    public static final int QUEUE = -4;
    public static final int RETURN = -5;

    private static final int EXTENSION_HEADER = 32; // struct xt_entry_match: size, name, revision
    private static final int EXTENSION_NAME = 29;
    private static final int NAME = 16;
    private static final int REGISTER = 1;

    public XtRule {
        checks = List.copyOf(checks);
    }

    /** The name of the chain that starts behind this mark; meaningless for other rules. */
    public String chainName() {
        return XtTable.text(target.settings().read(), 0, target.settings().size());
    }

    public boolean isMark() {
        return target.extension().equals(MARK);
    }

    /** Where the fields of the two families' entries are. */
    private record Layout(
            int addresses,
            int interfaces,
            int protocol,
            int flags,
            int inverted,
            int targetOffset,
            int counters,
            int size,
            int gotoFlag) {
        static final Layout IPV4 = new Layout(4, 16, 80, 82, 83, 88, 96, 112, 2);
        static final Layout IPV6 = new Layout(16, 64, 128, 131, 132, 140, 152, 168, 4);
    }

    /** @param in from the rule's first byte on */
    static XtRule decode(Family family, int offset, ByteBuffer in) {
        Layout layout = family == Family.IPV4 ? Layout.IPV4 : Layout.IPV6;
        if (in.remaining() < layout.size()) {
            throw new MalformedMessageException("ipt_entry cut short: %d bytes".formatted(in.remaining()));
        }
        int target = Short.toUnsignedInt(in.getShort(layout.targetOffset()));
        int size = Short.toUnsignedInt(in.getShort(layout.targetOffset() + 2));
        if (target < layout.size() || target + EXTENSION_HEADER > size || size > in.remaining()) {
            throw new MalformedMessageException(
                    "ipt_entry of %d bytes, target at %d, %d bytes left".formatted(size, target, in.remaining()));
        }
        var checks = new ArrayList<Expression>();
        header(family, layout, in, checks);
        for (int at = layout.size(); at < target; ) {
            int length = length(in, at, target);
            checks.add(new Extension.Match(name(in, at), revision(in, at), settings(in, at, length)));
            at += length;
        }
        long packets = in.getLong(layout.counters());
        checks.add(new Statement.Counter(packets, in.getLong(layout.counters() + Long.BYTES)));
        Bytes settings = settings(in, target, length(in, target, size));
        String name = name(in, target);
        boolean isVerdict = name.isEmpty() && settings.size() >= Integer.BYTES;
        return new XtRule(
                offset,
                size,
                checks,
                new Extension.Target(name, revision(in, target), settings),
                isVerdict ? OptionalInt.of(settings.read().getInt()) : OptionalInt.empty(),
                (in.get(layout.flags()) & layout.gotoFlag()) != 0);
    }

    private static int length(ByteBuffer in, int at, int end) {
        int length = at + EXTENSION_HEADER <= end ? Short.toUnsignedInt(in.getShort(at)) : 0;
        if (length < EXTENSION_HEADER || at + length > end) {
            throw new MalformedMessageException("xt_entry_match of %d bytes, %d left".formatted(length, end - at));
        }
        return length;
    }

    private static String name(ByteBuffer in, int at) {
        return XtTable.text(in, at + 2, EXTENSION_NAME);
    }

    private static int revision(ByteBuffer in, int at) {
        return Byte.toUnsignedInt(in.get(at + 2 + EXTENSION_NAME));
    }

    private static Bytes settings(ByteBuffer in, int at, int length) {
        int size = length - EXTENSION_HEADER;
        return Bytes.take(in.slice(at + EXTENSION_HEADER, size), size);
    }

    private static void header(Family family, Layout layout, ByteBuffer in, List<Expression> checks) {
        int inverted = in.get(layout.inverted());
        int width = layout.addresses();
        int destination = family == Family.IPV4 ? 16 : 24;
        name(in, layout.interfaces(), MetaKey.INPUT_NAME, (inverted & 1) != 0, checks);
        name(in, layout.interfaces() + NAME, MetaKey.OUTPUT_NAME, (inverted & 2) != 0, checks);
        address(in, 0, width, destination - width, (inverted & 8) != 0, checks);
        address(in, width, width, destination, (inverted & 16) != 0, checks);
        int protocol = Short.toUnsignedInt(in.getShort(layout.protocol()));
        if (protocol != 0) {
            checks.add(new Load.Meta(REGISTER, MetaKey.TRANSPORT));
            checks.add(compare((inverted & 0x40) != 0, (byte) protocol));
        }
        if (family == Family.IPV4 && (in.get(layout.flags()) & 1) != 0) { // a fragment that is not the first
            checks.add(new Load.Payload(REGISTER, Load.Payload.NETWORK, 6, 2));
            checks.add(Transform.Bitwise.and(REGISTER, (byte) 0x1f, (byte) 0xff));
            checks.add(compare((inverted & 0x20) == 0, (byte) 0, (byte) 0));
        }
    }

    private static void name(ByteBuffer in, int at, MetaKey key, boolean inverted, List<Expression> checks) {
        byte[] name = new byte[NAME];
        in.get(at, name);
        int length = 0;
        while (length < NAME && in.get(at + 2 * NAME + length) != 0) {
            length++;
        }
        if (length == 0) {
            return;
        }
        boolean whole = name[length - 1] == 0 || length == NAME; // its closing zero counts: not only a beginning
        checks.add(new Load.Meta(REGISTER, key));
        checks.add(compare(inverted, whole ? name : Arrays.copyOf(name, length)));
    }

    private static void address(
            ByteBuffer in, int at, int width, int header, boolean inverted, List<Expression> checks) {
        byte[] address = new byte[width];
        byte[] mask = new byte[width];
        in.get(at, address);
        in.get(at + 2 * width, mask);
        boolean any = true;
        boolean single = true;
        for (byte b : mask) {
            any &= b == 0;
            single &= b == -1;
        }
        if (any && !inverted) {
            return;
        }
        checks.add(new Load.Payload(REGISTER, Load.Payload.NETWORK, header, width));
        if (!single) {
            checks.add(Transform.Bitwise.and(REGISTER, mask));
        }
        checks.add(compare(inverted, address));
    }

    private static Check.Compare compare(boolean inverted, byte... data) {
        return new Check.Compare(REGISTER, inverted ? Check.Compare.NOT_EQUAL : Check.Compare.EQUAL, Bytes.of(data));
    }
}
