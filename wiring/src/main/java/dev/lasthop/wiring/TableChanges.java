package dev.lasthop.wiring;

import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.FieldType;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.ObjectMessage;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.FirewallStep.Add;
import dev.lasthop.wiring.step.FirewallStep.Change;
import dev.lasthop.wiring.step.FirewallStep.Delete;
import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Changes of Lasthop's own table being put together: what the kernel is sent, and the same in nft's words. */
final class TableChanges {
    private static final List<String> HOOKS = List.of("prerouting", "input", "forward", "output", "postrouting");

    /** nft's note that a set's keys are in the machine's own byte order: entry 0, four bytes, the number 1. */
    private static final Bytes HOST_ORDER =
            Bytes.write(6, out -> out.put((byte) 0).put((byte) 4).putInt(1));

    private final Predicate<NftMessage> wanted;
    private final List<Change> changes = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private int nextSetId = 1;

    TableChanges() {
        this(_ -> true);
    }

    /** @param wanted whether a thing is to be changed; else nothing is done with it */
    TableChanges(Predicate<NftMessage> wanted) {
        this.wanted = wanted;
    }

    /** Kinds of a set that go with a flag or two. */
    enum Kind {
        PLAIN,
        INTERVALS,
        COUNTING,
        COUNTING_INTERVALS;

        private boolean intervals() {
            return this == INTERVALS || this == COUNTING_INTERVALS;
        }

        private boolean counts() {
            return this == COUNTING || this == COUNTING_INTERVALS;
        }

        private String words() {
            return (intervals() ? " flags interval ;" : "") + (counts() ? " counter ;" : "");
        }
    }

    FirewallStep step() {
        return new FirewallStep(Place.HOST, changes, lines);
    }

    void table() {
        add(TableMessage.of(OwnTable.FAMILY, OwnTable.NAME), "table inet " + OwnTable.NAME);
    }

    void set(String name, Kind kind, FieldType... key) {
        int flags = kind.intervals() ? SetMessage.INTERVAL : 0;
        SetMessage set = SetMessage.of(OwnTable.FAMILY, OwnTable.NAME, name, List.of(key), flags, nextSetId++);
        if (key.length == 1 && key[0] == FieldType.INTERFACE_NAME) { // or nft prints the names as empty
            set = new SetMessage(set.header(), set.attributes().with(SetMessage.USER_DATA.to(HOST_ORDER)));
        }
        add(
                kind.counts() ? set.counting() : set,
                "set inet lasthop " + name + " { type " + words(List.of(key)) + " ;" + kind.words() + " }");
    }

    void map(String name, Kind kind, List<FieldType> key, FieldType... to) {
        int flags = kind.intervals() ? SetMessage.INTERVAL : 0;
        SetMessage map = SetMessage.map(OwnTable.FAMILY, OwnTable.NAME, name, key, List.of(to), flags, nextSetId++);
        add(
                kind.counts() ? map.counting() : map,
                "map inet lasthop " + name + " { type " + words(key) + " : " + words(List.of(to)) + " ;" + kind.words()
                        + " }");
    }

    private static String words(List<FieldType> fields) {
        return String.join(" . ", fields.stream().map(FieldType::toString).toList());
    }

    void base(String name, String type, int hook, int priority) {
        add(
                ChainMessage.base(OwnTable.FAMILY, OwnTable.NAME, name, type, new BaseHook(hook, priority), true),
                "chain inet lasthop " + name + " { type " + type + " hook " + HOOKS.get(hook) + " priority " + priority
                        + " ; policy accept ; }");
    }

    /** A chain that others jump to. */
    void chain(String name) {
        add(ChainMessage.of(OwnTable.FAMILY, OwnTable.NAME, name), "chain inet lasthop " + name);
    }

    /** Takes all rules out of a chain that is there. */
    void flush(String chain) {
        delete(RuleMessage.allOf(OwnTable.FAMILY, OwnTable.NAME, chain), "nft flush chain inet lasthop " + chain);
    }

    void rule(RuleBuilder rule, String line) {
        add(rule.build(), "rule inet lasthop " + line);
    }

    void object(ObjectMessage object, String line) {
        add(object, line);
    }

    void element(String set, SetElement element, String words, boolean add) {
        elements(set, List.of(element), List.of(words), add);
    }

    /** @param words the elements as nft writes them; as many as there are, or fewer where one is made of two */
    void elements(String set, List<SetElement> elements, List<String> words, boolean add) {
        Stream<ElementsMessage> messages =
                ElementsMessage.of(OwnTable.FAMILY, OwnTable.NAME, set, 0, elements).stream();
        messages.map(message -> add ? new Add(message) : new Delete(message)).forEach(changes::add);
        lines.add("nft '" + (add ? "add" : "delete") + " element inet lasthop " + set + " { " + String.join(", ", words)
                + " }'");
    }

    void deleteThing(NftMessage thing, String words) {
        delete(thing, "nft delete " + words);
    }

    private void delete(NftMessage thing, String line) {
        if (wanted.test(thing)) {
            changes.add(new Delete(thing));
            lines.add(line);
        }
    }

    private void add(NftMessage thing, String words) {
        if (wanted.test(thing)) {
            changes.add(new Add(thing));
            lines.add("nft " + (words.matches("[A-Za-z0-9_@:,./ -]+") ? "add " + words : "'add " + words + "'"));
        }
    }
}
