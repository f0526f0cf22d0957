package dev.lasthop.netlink.nftables;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to the rule set that the kernel makes all together or not at all. Sets get their id here, by which rules and elements of the
 * same transaction find them.
 */
public final class Transaction {
    private static final int ECHO = 0x8; // NLM_F_ECHO: tell us what was made, with its handle
    private static final NftHeader FRAME = new NftHeader(0, 0, NftType.SUBSYSTEM);

    private final List<NetlinkMessage> messages = new ArrayList<>();
    private final List<String> operations = new ArrayList<>();
    private int nextSetId = 1;

    /** An empty transaction. */
    public Transaction() {}

    /** Creates it if it is not there yet. Rules go behind the chain's last, or behind the rule at their position. */
    public Transaction create(NftMessage thing) {
        return add("create ", newType(thing), flagsForNew(thing), thing);
    }

    /** Creates it, and fails with EEXIST if it is there. */
    public Transaction createNew(NftMessage thing) {
        return add("create ", newType(thing), flagsForNew(thing) | NetlinkMessage.EXCLUSIVE, thing);
    }

    public Transaction createAll(List<? extends NftMessage> things) {
        things.forEach(this::create);
        return this;
    }

    /** Puts a rule before the chain's first, or before the rule at its position. */
    public Transaction insert(RuleMessage rule) {
        return add("insert ", NftType.NEW_RULE, NetlinkMessage.CREATE, rule);
    }

    /** Puts a rule in the place of the one whose handle it bears ({@link RuleMessage#replacing}). */
    public Transaction replace(RuleMessage rule) {
        return add("replace ", NftType.NEW_RULE, NetlinkMessage.REPLACE, rule);
    }

    /** Deletes what the message names: a rule by its handle; a chain's or table's message without rules needs only the names. */
    public Transaction delete(NftMessage thing) {
        return add("delete ", newType(thing) + 2, 0, named(thing));
    }

    /** A number for a set that this transaction makes. */
    public int newSetId() {
        return nextSetId++;
    }

    public boolean isEmpty() {
        return messages.isEmpty();
    }

    /**
     * Makes the changes.
     *
     * @return what was made, as the kernel now has it, in the order of the changes: new rules with their handles
     * @throws KernelException which change was refused, and why; nothing has changed then
     */
    public List<NetlinkMessage> commit(NetlinkSocket socket) {
        if (messages.isEmpty()) {
            return List.of();
        }
        var all = new ArrayList<NetlinkMessage>();
        all.add(NetlinkMessage.request(NftType.BATCH_BEGIN, 0, FRAME.body(Attributes.NONE)));
        all.addAll(messages);
        NetlinkMessage last =
                all.removeLast(); // one acknowledgement for all: thousands would not fit into the socket's buffer
        all.add(new NetlinkMessage(last.type(), last.flags() | NetlinkMessage.ACK, 0, 0, last.body()));
        all.add(NetlinkMessage.request(NftType.BATCH_END, 0, FRAME.body(Attributes.NONE)));
        return socket.batch(this::operation, all);
    }

    private String operation(int index) {
        return index >= 1 && index <= operations.size() ? operations.get(index - 1) : "change the rule set";
    }

    private Transaction add(String verb, int type, int flags, NftMessage thing) {
        Bytes body = thing.body();
        boolean makesRule = type == NftType.NEW_RULE;
        messages.add(NetlinkMessage.request(type, makesRule ? flags | ECHO : flags, body));
        operations.add(verb + thing.what());
        return this;
    }

    private static int newType(NftMessage thing) {
        return switch (thing) {
            case TableMessage t -> NftType.NEW_TABLE;
            case ChainMessage c -> NftType.NEW_CHAIN;
            case RuleMessage r -> NftType.NEW_RULE;
            case SetMessage s -> NftType.NEW_SET;
            case ElementsMessage e -> NftType.NEW_ELEMENTS;
            case ObjectMessage o -> NftType.NEW_OBJECT;
        };
    }

    private static int flagsForNew(NftMessage thing) {
        return thing instanceof RuleMessage ? NetlinkMessage.CREATE | NetlinkMessage.APPEND : NetlinkMessage.CREATE;
    }

    /** Less what only a new thing has: the kernel refuses a deletion that says more than it needs. */
    private static NftMessage named(NftMessage thing) {
        return switch (thing) {
            case TableMessage t -> new TableMessage(t.header(), Attributes.of(TableMessage.NAME.to(t.name())));
            case ChainMessage c ->
                new ChainMessage(
                        c.header(), Attributes.of(ChainMessage.TABLE.to(c.table()), ChainMessage.NAME.to(c.name())));
            case RuleMessage r ->
                new RuleMessage(
                        r.header(),
                        new Fields()
                                .put(RuleMessage.TABLE, r.table())
                                .put(RuleMessage.CHAIN, r.chain())
                                .put(RuleMessage.HANDLE, r.attributes().get(RuleMessage.HANDLE))
                                .done());
            case SetMessage s ->
                new SetMessage(s.header(), Attributes.of(SetMessage.TABLE.to(s.table()), SetMessage.NAME.to(s.name())));
            case ElementsMessage e -> e;
            case ObjectMessage o ->
                new ObjectMessage(
                        o.header(),
                        new Fields()
                                .put(ObjectMessage.TABLE, o.table())
                                .put(ObjectMessage.NAME, o.name())
                                .put(ObjectMessage.TYPE, o.type())
                                .done());
        };
    }

    /** Deletes a table with all that is in it, if there is one. */
    public static boolean deleteTable(NetlinkSocket socket, TableFamily family, String name) {
        try {
            new Transaction().delete(TableMessage.of(family, name)).commit(socket);
            return true;
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }
}
