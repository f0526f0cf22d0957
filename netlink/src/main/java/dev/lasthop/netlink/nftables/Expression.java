package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import java.util.List;

/**
 * One step of a rule. Steps run in order over a file of registers; a check that fails ends the rule, a verdict ends more than that.
 *
 * <p>A register is named by its number: 0 is the verdict, 1 to 4 are 16 bytes long, 8 to 23 are 4 bytes long and share the room of
 * 1 to 4 ({@code enum nft_registers}, include/uapi/linux/netfilter/nf_tables.h).
 */
public sealed interface Expression permits Load, Check, Transform, Statement, Extension, Expression.Unknown {
    Key<String> NAME = Key.string(1, "NFTA_EXPR_NAME");
    Key<Attributes> DATA = Key.flaggedNested(2, "NFTA_EXPR_DATA");
    Key<Attributes> ELEMENT = Key.flaggedNested(1, "NFTA_LIST_ELEM");

    /** The kernel's name for this kind of step. */
    String name();

    /** What the kernel is told of it. */
    Attributes attributes();

    /** A kind of step that this program does not know. */
    record Unknown(String name, Attributes attributes) implements Expression {}

    default Attributes encode() {
        return new Fields().put(NAME, name()).nonEmpty(DATA, attributes()).done();
    }

    static Attributes encodeAll(List<Expression> expressions) {
        return new Attributes(expressions.stream()
                .map(expression -> ELEMENT.to(expression.encode()))
                .toList());
    }

    static List<Expression> decodeAll(Attributes list) {
        return list.each(ELEMENT).stream().map(Expression::decode).toList();
    }

    static Expression decode(Attributes element) {
        String name = Fields.text(element, NAME);
        Attributes data = element.get(DATA).orElse(Attributes.NONE);
        return switch (name) {
            case "payload" ->
                data.has(Statement.PayloadWrite.SOURCE)
                        ? Statement.PayloadWrite.decode(data)
                        : Load.Payload.decode(data);
            case "meta" ->
                data.has(Statement.MetaWrite.SOURCE) ? Statement.MetaWrite.decode(data) : Load.Meta.decode(data);
            case "ct" -> data.has(Statement.CtWrite.SOURCE) ? Statement.CtWrite.decode(data) : Load.Ct.decode(data);
            case "exthdr" -> Load.ExtensionHeader.decode(data);
            case "fib" -> Load.Fib.decode(data);
            case "rt" -> Load.RouteKey.decode(data);
            case "socket" -> Load.SocketKey.decode(data);
            case "numgen" -> Load.NumberGenerator.decode(data);
            case "hash" -> Load.Hash.decode(data);
            case "immediate" -> Load.Immediate.decode(data);
            case "bitwise" -> Transform.Bitwise.decode(data);
            case "byteorder" -> Transform.ByteSwap.decode(data);
            case "cmp" -> Check.Compare.decode(data);
            case "range" -> Check.Range.decode(data);
            case "lookup" -> Check.Lookup.decode(data);
            case "limit" -> Check.Limit.decode(data);
            case "quota" -> Check.Quota.decode(data);
            case "connlimit" -> Check.ConnectionLimit.decode(data);
            case "match" -> Extension.Match.decode(data);
            case "target" -> Extension.Target.decode(data);
            default -> Statement.decode(name, data);
        };
    }
}
