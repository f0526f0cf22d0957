package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import java.util.List;

/** A rule ({@code NFT_MSG_NEWRULE}). {@link RuleBuilder} puts one together. */
public record RuleMessage(NftHeader header, Attributes attributes) implements NftMessage {
    public static final Key<String> TABLE = Key.string(1, "NFTA_RULE_TABLE");
    public static final Key<String> CHAIN = Key.string(2, "NFTA_RULE_CHAIN");
    public static final Key<Long> HANDLE = Key.bigEndian64(3, "NFTA_RULE_HANDLE");
    public static final Key<Attributes> EXPRESSIONS = Key.flaggedNested(4, "NFTA_RULE_EXPRESSIONS");
    public static final Key<Attributes> COMPATIBILITY = Key.flaggedNested(5, "NFTA_RULE_COMPAT");
    public static final Key<Long> POSITION = Key.bigEndian64(6, "NFTA_RULE_POSITION");
    public static final Key<Bytes> USER_DATA = Key.bytes(7, "NFTA_RULE_USERDATA");

    /** The protocol that the rule's x_tables extensions are to assume, and whether it is "not that protocol". */
    private static final Key<Integer> COMPATIBILITY_PROTOCOL = Key.bigEndian32(1, "NFTA_RULE_COMPAT_PROTO");

    private static final Key<Integer> COMPATIBILITY_FLAGS = Key.bigEndian32(2, "NFTA_RULE_COMPAT_FLAGS");

    /** @param comment up to 127 bytes; empty for none */
    public static RuleMessage of(
            TableFamily family, String table, String chain, List<Expression> expressions, String comment) {
        Fields fields =
                new Fields().put(TABLE, table).put(CHAIN, chain).put(EXPRESSIONS, Expression.encodeAll(expressions));
        if (!comment.isEmpty()) {
            fields.put(USER_DATA, UserData.comment(comment));
        }
        return new RuleMessage(NftHeader.of(family), fields.done());
    }

    public static RuleMessage decode(NetlinkMessage message) {
        NftHeader.Body body = NftHeader.split(message);
        return new RuleMessage(body.header(), body.attributes());
    }

    /** A rule as the kernel is to find it for deletion. */
    public static RuleMessage named(TableFamily family, String table, String chain, long handle) {
        return new RuleMessage(
                NftHeader.of(family),
                new Fields()
                        .put(TABLE, table)
                        .put(CHAIN, chain)
                        .put(HANDLE, handle)
                        .done());
    }

    /** All rules of a chain, for their deletion. */
    public static RuleMessage allOf(TableFamily family, String table, String chain) {
        return new RuleMessage(
                NftHeader.of(family),
                new Fields().put(TABLE, table).put(CHAIN, chain).done());
    }

    /** This rule to stand next to the one that has the handle: before it when inserted, after it when added. */
    public RuleMessage at(long position) {
        return new RuleMessage(header, attributes.with(POSITION.to(position)));
    }

    /** This rule in the place of the one that has the handle. */
    public RuleMessage replacing(long handle) {
        return new RuleMessage(header, attributes.with(HANDLE.to(handle)));
    }

    /** This rule with {@code NFTA_RULE_COMPAT}, which x_tables extensions that belong to a protocol insist on. */
    public RuleMessage withExtensionProtocol(int protocol, boolean inverted) {
        return new RuleMessage(
                header,
                attributes.with(COMPATIBILITY.to(new Fields()
                        .put(COMPATIBILITY_PROTOCOL, protocol)
                        .put(COMPATIBILITY_FLAGS, inverted ? 2 : 0)
                        .done())));
    }

    @Override
    public String table() {
        return Fields.text(attributes, TABLE);
    }

    public String chain() {
        return Fields.text(attributes, CHAIN);
    }

    public long handle() {
        return attributes.get(HANDLE).orElse(0L);
    }

    /** In a dump: the handle of the rule before it. */
    public long position() {
        return attributes.get(POSITION).orElse(0L);
    }

    public List<Expression> expressions() {
        return attributes.get(EXPRESSIONS).map(Expression::decodeAll).orElse(List.of());
    }

    /** nft's comment; empty where there is none. An iptables rule's comment is a {@code match} among its expressions. */
    public String comment() {
        return attributes
                .get(USER_DATA)
                .flatMap(data -> UserData.text(data, UserData.COMMENT))
                .orElse("");
    }

    @Override
    public String what() {
        String which = handle() == 0 ? "rule" : "rule " + handle();
        return which + " in chain " + familyName() + " " + table() + " " + chain();
    }
}
