package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.MetaKey;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.Statement;
import dev.lasthop.netlink.nftables.Transform;
import dev.lasthop.netlink.nftables.Translation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a rule asks and does, without the registers that it does it with: rules of one meaning treat every packet alike. The kernel adds flags
 * to what it is sent, and nft makes other steps of a rule that it reads than those that it was printed from: it leaves out what was asked
 * before, and turns numbers round that have one byte.
 *
 * <p>Of steps that none of Lasthop's rules has, it need only be said that they are others.
 */
final class RuleMeaning {
    private static final int WORD = 4; // bytes; a register of 16 bytes is four words of the same room
    private static final int WORDS = 16;
    private static final int FIRST_WORD = 8; // NFT_REG32_00
    private static final int NAME_SIZE = 16; // IFNAMSIZ
    private static final int LONGEST = 1000; // what steps make of each other's results would grow by powers
    private static final int NAT_IMPLIED =
            1 | 2; // NF_NAT_RANGE_MAP_IPS, NF_NAT_RANGE_PROTO_SPECIFIED: set by the kernel

    private final Map<String, SetMessage> sets;
    private final String[] words = new String[WORDS];
    private final List<String> meaning = new ArrayList<>();

    private RuleMeaning(Map<String, SetMessage> sets) {
        this.sets = sets;
        Arrays.fill(words, "nothing");
    }

    /** @param sets those of its table, by name: how long their keys are tells which registers a look-up reads */
    static List<String> of(RuleMessage rule, Map<String, SetMessage> sets) {
        var reader = new RuleMeaning(sets);
        rule.expressions().forEach(reader::read);
        return List.copyOf(reader.meaning);
    }

    private void read(Expression expression) {
        switch (expression) {
            case Load load -> load(load);
            case Transform.Bitwise b ->
                put(
                        b.register(),
                        b.length(),
                        "%s %d %s ^ %s << %d"
                                .formatted(held(b.source(), b.length()), b.operation(), b.mask(), b.xor(), b.shift()));
            case Transform.ByteSwap swap -> {
                if (swap.length() >= swap.size()) { // or there is no number to turn round
                    put(swap.register(), swap.length(), held(swap.source(), swap.length()) + " turned " + swap);
                }
            }
            case Check.Compare c -> {
                String check = held(c.register(), c.data().size()) + " " + c.operation() + " " + c.data();
                if (!meaning.contains(check)) {
                    meaning.add(check);
                }
            }
            case Check.Lookup lookup -> lookup(lookup);
            case Statement.Counter counter -> meaning.add("counter");
            case Translation.Nat nat -> meaning.add(translation(nat));
            default ->
                meaning.add(expression.name() + " " + expression.attributes().encode());
        }
    }

    private void load(Load load) {
        switch (load) {
            case Load.Immediate immediate -> {
                switch (immediate.data()) {
                    case RuleData.Verdict verdict -> meaning.add(verdict.toString());
                    case RuleData.Value value ->
                        put(immediate.register(), value.bytes().size(), "constant " + value.bytes());
                }
            }
            case Load.Payload p ->
                put(p.register(), p.length(), "payload " + p.header() + " " + p.offset() + " " + p.length());
            case Load.Meta m -> {
                boolean name = m.key() == MetaKey.INPUT_NAME || m.key() == MetaKey.OUTPUT_NAME;
                put(m.register(), name ? NAME_SIZE : WORD, "meta " + m.keyNumber());
            }
            case Load.Ct ct -> put(ct.register(), WORD, "ct " + ct.keyNumber() + " " + ct.direction());
            case Load.Fib f -> put(f.register(), WORD, "fib " + f.result() + " " + f.flags());
            default ->
                put(
                        load.register(),
                        NAME_SIZE,
                        load.name() + " " + load.attributes().encode());
        }
    }

    private void lookup(Check.Lookup lookup) {
        SetMessage set = sets.get(lookup.set());
        String asked = set == null ? "register " + lookup.source() : held(lookup.source(), set.keyLength());
        String answer = asked + (lookup.inverted() ? " not" : "") + " in " + lookup.set();
        if (lookup.isMap() && set != null) {
            put(lookup.destination(), set.dataLength(), answer);
        }
        meaning.add(answer + (lookup.isMap() ? " mapped" : ""));
    }

    private String translation(Translation.Nat nat) {
        int addressBytes = nat.family() == Family.IPV4.number() ? WORD : NAME_SIZE;
        return "nat " + nat.type() + " " + nat.family() + " "
                + range(nat.addressMinimum(), nat.addressMaximum(), addressBytes) + " port "
                + range(nat.portMinimum(), nat.portMaximum(), 2) + " " + (nat.flags() & ~NAT_IMPLIED);
    }

    private String range(int from, int to, int bytes) {
        String first = from == 0 ? "kept" : held(from, bytes);
        String last = to == 0 ? first : held(to, bytes);
        return first.equals(last) ? first : first + " to " + last;
    }

    private void put(int register, int bytes, String what) {
        int at = word(register);
        String bounded = what.length() <= LONGEST ? what : "long " + what.hashCode();
        for (int i = 0; i * WORD < bytes && at >= 0 && at + i < WORDS; i++) {
            words[at + i] = bounded + " #" + i;
        }
    }

    private String held(int register, int bytes) {
        int at = word(register);
        int end = Math.min(WORDS, at + (bytes + WORD - 1) / WORD);
        return at < 0 || at >= end ? "register " + register : String.join(" . ", Arrays.copyOfRange(words, at, end));
    }

    private static int word(int register) {
        boolean isLong = register < FIRST_WORD;
        int word = isLong ? (register - 1) * WORD : register - FIRST_WORD;
        return register > 0 && word < WORDS ? word : -1;
    }
}
