package dev.lasthop.netlink.xtables;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lasthop.address.Family;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.netlink.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Puts one rule into a table, or takes one out. The kernel takes whole tables only ({@code IPT_SO_SET_REPLACE}): the table is read,
 * changed, and put in place of the one that was read; where somebody else was quicker, all over again. Counters are carried over.
 */
public final class XtChange {
    private static final int REPLACE = 64; // IPT_SO_SET_REPLACE
    private static final int ADD_COUNTERS = 65; // IPT_SO_SET_ADD_COUNTERS
    private static final int REPLACE_HEADER = 96; // struct ipt_replace, struct ip6t_replace
    private static final int COUNTERS_HEADER = 40; // struct xt_counters_info
    private static final int COUNTER = 16;
    private static final int HOOKS = 5;
    private static final int EXTENSION_HEADER = 32;
    private static final int TRIES = 5;

    private final XtTable before;
    private final ByteBuffer rules;

    private XtChange(XtTable before) {
        this.before = before;
        this.rules = before.rules().read();
    }

    /** What becomes of a table: its bytes, and where things stand in it. {@code at}: where the change is; {@code by}: bytes more. */
    private record Changed(int at, int by, Bytes added) {}

    /**
     * Puts a rule into a chain.
     *
     * @param socket of {@link XtTable#open}, in the namespace
     * @param position from 1; one more than there are rules: before the policy
     * @param rule of {@link XtEntry}
     * @throws KernelException ENOENT if there is no such chain or position
     */
    public static void insert(Fd socket, Family family, String table, String chain, int position, Bytes rule) {
        replace(socket, family, table, old -> {
            int at = new XtChange(old)
                    .offset(chain, position)
                    .orElseThrow(() -> missing(table, chain + " has no place " + position));
            return new Changed(at, rule.size(), rule);
        });
    }

    /**
     * Takes out the first rule of a chain that has these bytes, counters aside.
     *
     * @throws KernelException ENOENT if there is none
     */
    public static void delete(Fd socket, Family family, String table, String chain, Bytes rule) {
        replace(socket, family, table, old -> {
            int at = new XtChange(old).find(chain, rule).orElseThrow(() -> missing(table, chain + " has no such rule"));
            return new Changed(at, -rule.size(), Bytes.EMPTY);
        });
    }

    private static KernelException missing(String table, String what) {
        return new KernelException("change iptables-legacy table " + table, Errno.ENOENT, what);
    }

    private static void replace(Fd socket, Family family, String name, Function<XtTable, Changed> change) {
        for (int attempt = 1; ; attempt++) {
            XtTable old = XtTable.read(socket, family, name);
            try {
                new XtChange(old).commit(socket, change.apply(old));
                return;
            } catch (KernelException e) {
                if (!e.is(Errno.EAGAIN) || attempt == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** The offset of a chain's rule; its policy (or the way back) counts as the last. */
    private OptionalInt offset(String chain, int position) {
        List<XtRule> all = before.all();
        OptionalInt start = start(all, chain);
        if (start.isEmpty()) {
            return start;
        }
        List<XtRule> own = all.stream()
                .dropWhile(rule -> rule.offset() < start.getAsInt())
                .takeWhile(rule -> rule.offset() == start.getAsInt() || !isStart(rule))
                .filter(rule -> !rule.isMark())
                .toList();
        return position >= 1 && position <= own.size()
                ? OptionalInt.of(own.get(position - 1).offset())
                : OptionalInt.empty();
    }

    private boolean isStart(XtRule rule) {
        for (int hook = 0; hook < HOOKS; hook++) {
            if (before.isCalledAt(hook) && before.start(hook) == rule.offset()) {
                return true;
            }
        }
        return rule.isMark();
    }

    private OptionalInt start(List<XtRule> all, String chain) {
        int hook = XtTable.HOOKS.indexOf(chain);
        if (hook >= 0 && before.isCalledAt(hook)) {
            return OptionalInt.of(before.start(hook));
        }
        return all.stream()
                .filter(rule -> rule.isMark() && rule.chainName().equals(chain))
                .mapToInt(rule -> rule.offset() + rule.size())
                .findFirst();
    }

    private OptionalInt find(String chain, Bytes wanted) {
        byte[] bare = bare(wanted.toArray());
        for (int position = 1; ; position++) {
            OptionalInt at = offset(chain, position);
            if (at.isEmpty()) {
                return at;
            }
            int end = at.getAsInt() + bare.length;
            if (end <= rules.capacity() && size(at.getAsInt()) == bare.length) {
                byte[] found = new byte[bare.length];
                rules.get(at.getAsInt(), found);
                if (Arrays.equals(bare(found), bare)) {
                    return at;
                }
            }
        }
    }

    private int size(int at) {
        return Short.toUnsignedInt(rules.getShort(at + XtEntry.targetOffset(before.family()) + 2));
    }

    /** Without what the kernel writes into it: counters, caches. */
    private byte[] bare(byte[] rule) {
        int target = XtEntry.targetOffset(before.family());
        Arrays.fill(rule, target - 4, target, (byte) 0);
        Arrays.fill(rule, target + 4, XtEntry.size(before.family()), (byte) 0);
        return rule;
    }

    private void commit(Fd socket, Changed change) {
        byte[] old = before.rules().toArray();
        int cut = Math.max(0, -change.by());
        byte[] fresh = new byte[old.length + change.by()];
        System.arraycopy(old, 0, fresh, 0, change.at());
        System.arraycopy(
                change.added().toArray(), 0, fresh, change.at(), change.added().size());
        System.arraycopy(
                old, change.at() + cut, fresh, change.at() + change.added().size(), old.length - change.at() - cut);
        List<XtRule> all = before.all();
        jumps(all, change, fresh);
        int added = change.by() > 0 ? 1 : -1;
        byte[] message = new byte[REPLACE_HEADER + fresh.length];
        ByteBuffer out = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        out.put(0, Arrays.copyOf(before.name().getBytes(US_ASCII), XtTable.NAME));
        out.putInt(32, before.info().read().getInt(XtTable.NAME));
        out.putInt(36, all.size() + added);
        out.putInt(40, fresh.length);
        for (int hook = 0; hook < HOOKS; hook++) {
            if (before.isCalledAt(hook)) {
                out.putInt(44 + 4 * hook, start(before.start(hook), change));
                out.putInt(64 + 4 * hook, moved(before.policy(hook), change));
            }
        }
        out.putInt(84, all.size());
        out.put(REPLACE_HEADER, fresh);
        try (Memory counters = Memory.confined((long) all.size() * COUNTER)) {
            out.putLong(88, counters.address());
            socket.setOption(XtTable.level(before.family()), REPLACE, message);
            byte[] counted = new byte[all.size() * COUNTER];
            counters.bytes().get(counted);
            carry(socket, all, change, counted);
        }
    }

    /** Where the beginning of a chain is afterwards: a rule that comes before its first becomes the first. */
    private static int start(int offset, Changed change) {
        return offset > change.at() ? offset + change.by() : offset;
    }

    /** Where a rule is afterwards. */
    private static int moved(int offset, Changed change) {
        return offset >= change.at() ? offset + change.by() : offset;
    }

    /** Jumps name the offset of a chain's first rule. */
    private void jumps(List<XtRule> all, Changed change, byte[] fresh) {
        ByteBuffer out = ByteBuffer.wrap(fresh).order(ByteOrder.nativeOrder());
        for (XtRule rule : all) {
            boolean gone = change.by() < 0 && rule.offset() == change.at();
            if (!gone && rule.verdict().isPresent() && rule.verdict().getAsInt() >= 0) {
                int target = Short.toUnsignedInt(rules.getShort(rule.offset() + XtEntry.targetOffset(before.family())));
                int to = start(rule.verdict().getAsInt(), change);
                boolean next = rule.verdict().getAsInt() == rule.offset() + rule.size();
                int at = moved(rule.offset(), change);
                out.putInt(at + target + EXTENSION_HEADER, next ? at + rule.size() : to);
            }
        }
    }

    /** The new table counts from zero: what was counted is added. */
    private void carry(Fd socket, List<XtRule> all, Changed change, byte[] counted) {
        int index = 0;
        while (index < all.size() && all.get(index).offset() < change.at()) {
            index++;
        }
        int size = counted.length + (change.by() > 0 ? COUNTER : -COUNTER);
        byte[] message = new byte[COUNTERS_HEADER + size];
        ByteBuffer out = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        out.put(0, Arrays.copyOf(before.name().getBytes(US_ASCII), XtTable.NAME));
        out.putInt(XtTable.NAME, size / COUNTER);
        int split = index * COUNTER;
        int resume = change.by() > 0 ? split : split + COUNTER;
        out.put(COUNTERS_HEADER, counted, 0, split);
        int to = COUNTERS_HEADER + split + (change.by() > 0 ? COUNTER : 0);
        out.put(to, counted, resume, counted.length - resume);
        socket.setOption(XtTable.level(before.family()), ADD_COUNTERS, message);
    }
}
