package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.MetaKey;
import dev.lasthop.netlink.nftables.ObjectMessage;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.Statement;
import dev.lasthop.netlink.nftables.Transform;
import dev.lasthop.netlink.nftables.Translation;
import dev.lasthop.topology.Operand.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes one rule: remembers what each register holds, and says it where it is used. */
final class RuleWriter {
    private final String family;
    private final List<FirewallSet> sets;
    private final ExtensionText extensions;
    private final RuleRegisters registers = new RuleRegisters();
    private final List<String> words = new ArrayList<>();
    private String network;
    private String transport = "th";
    private int protocolWord = -1; // "meta l4proto tcp", which "tcp dport" makes superfluous
    private int familyWord = -1; // "meta nfproto ipv4", which "ip saddr" makes superfluous
    private Optional<String> lowerBound = Optional.empty(); // of "≥ a" that "≤ b" may follow

    RuleWriter(String family, List<FirewallSet> sets) {
        this.family = family;
        this.sets = sets;
        this.network = family.equals("ip6") || family.equals("arp") ? family : "ip";
        this.extensions = new ExtensionText(RuleText.addresses(family));
    }

    String text() {
        return String.join(" ", words.stream().filter(word -> !word.isEmpty()).toList());
    }

    void write(Expression expression) {
        if (!(expression instanceof Check.Compare || expression instanceof Load || expression instanceof Transform)) {
            lowerBound = Optional.empty();
        }
        switch (expression) {
            case Load load -> load(load);
            case Transform transform -> transform(transform);
            case Check check -> check(check);
            case Translation translation -> words.add(TranslationText.of(translation, registers, family));
            case Statement statement -> statement(statement);
            case Extension.Match match -> extension(match);
            case Extension.Target target -> words.add(extensions.of(target));
            case Expression.Unknown unknown -> words.add("[" + unknown.name() + "]");
        }
    }

    private void extension(Extension.Match match) {
        String text = extensions.of(match, transport);
        boolean saysProtocol =
                text.startsWith(transport + " ") && !match.extension().equals("multiport");
        if (saysProtocol && protocolWord >= 0) {
            words.set(protocolWord, "");
            protocolWord = -1;
        }
        words.add(text);
    }

    private void load(Load load) {
        if (load instanceof Load.Immediate immediate) {
            switch (immediate.data()) {
                case RuleData.Verdict verdict -> words.add(verdict.toString());
                case RuleData.Value value -> {
                    registers.constant(immediate.register(), value.bytes().toArray());
                }
            }
            return;
        }
        Operand operand = Operand.of(load, network, transport);
        if (load instanceof Load.Payload payload) {
            if (payload.header() == Load.Payload.NETWORK || transport.startsWith("icmp")) {
                withoutFamily();
            }
            if (payload.header() == Load.Payload.TRANSPORT && protocolWord >= 0) {
                words.set(protocolWord, "");
                protocolWord = -1;
            }
        }
        registers.put(load.register(), operand);
    }

    private void withoutFamily() {
        if (familyWord >= 0) {
            words.set(familyWord, "");
            familyWord = -1;
        }
    }

    private void transform(Transform transform) {
        switch (transform) {
            case Transform.Bitwise b -> {
                Operand source = registers.operand(b.source());
                boolean plain = b.operation() == Transform.Bitwise.MASK_XOR
                        && ValueText.number(b.xor().toArray()) == 0;
                Operand result = plain
                        ? source.masked(b.mask().toArray())
                        : new Operand(
                                switch (b.operation()) {
                                    case Transform.Bitwise.LEFT -> source.text() + " << " + b.shift();
                                    case Transform.Bitwise.RIGHT -> source.text() + " >> " + b.shift();
                                    default ->
                                        "%s & %s ^ %s"
                                                .formatted(
                                                        source.text(),
                                                        ValueText.of(b.mask().toArray(), source.format()),
                                                        ValueText.of(b.xor().toArray(), source.format()));
                                },
                                source.format());
                registers.put(b.register(), result);
            }
            case Transform.ByteSwap s -> {
                Operand source = registers.operand(s.source());
                Format turned = switch (source.format()) {
                    case HOST_NUMBER -> Format.NUMBER;
                    case HOST_HEX -> Format.HEX;
                    default -> source.format();
                };
                registers.put(s.register(), new Operand(source.text(), turned, source.mask()));
            }
        }
    }

    private void check(Check check) {
        switch (check) {
            case Check.Compare c -> compare(c);
            case Check.Range r -> {
                Operand operand = registers.operand(r.register());
                words.add(operand.text() + (r.operation() == 0 ? " " : " != ")
                        + ValueText.of(r.from().toArray(), operand.format()) + "-"
                        + ValueText.of(r.to().toArray(), operand.format()));
            }
            case Check.Lookup l -> lookup(l);
            case Check.Limit l -> words.add(limit(l));
            case Check.Quota q -> words.add("quota " + ((q.flags() & 1) != 0 ? "over " : "") + q.bytes() + " bytes");
            case Check.ConnectionLimit c -> words.add("ct count " + ((c.flags() & 1) != 0 ? "over " : "") + c.count());
        }
    }

    private void compare(Check.Compare c) {
        Operand operand = registers.operand(c.register());
        byte[] data = c.data().toArray();
        if (operand.mask().isPresent()) {
            words.add(masked(operand, operand.mask().get(), c.operation(), data));
            return;
        }
        String value = ValueText.of(data, operand.format());
        if (c.operation() == Check.Compare.GREATER_OR_EQUAL) {
            words.add(operand.text() + " >= " + value);
            lowerBound = Optional.of(value);
            return;
        }
        if (c.operation() == Check.Compare.LESS_OR_EQUAL && lowerBound.isPresent()) {
            words.removeLast();
            words.add(operand.text() + " " + lowerBound.get() + "-" + value);
            lowerBound = Optional.empty();
            return;
        }
        words.add(operand.text() + operator(c.operation()) + value);
        lowerBound = Optional.empty();
        if (c.operation() == Check.Compare.EQUAL) {
            remember(operand, value);
        }
    }

    private static String operator(int operation) {
        return switch (operation) {
            case Check.Compare.EQUAL -> " ";
            case Check.Compare.NOT_EQUAL -> " != ";
            case Check.Compare.LESS -> " < ";
            case Check.Compare.LESS_OR_EQUAL -> " <= ";
            case Check.Compare.GREATER -> " > ";
            default -> " >= ";
        };
    }

    /** What later steps mean by the bytes that they load. */
    private void remember(Operand operand, String value) {
        switch (operand.text()) {
            case "meta l4proto", "ip protocol", "ip6 nexthdr" -> {
                transport = value.equals("ipv6-icmp") ? "icmpv6" : value.matches("[0-9]+") ? "th" : value;
                protocolWord = operand.text().equals("meta l4proto") ? words.size() - 1 : -1;
            }
            case "meta nfproto" -> {
                network = value.equals("ipv6") ? "ip6" : "ip";
                familyWord = family.equals("inet") ? words.size() - 1 : -1;
            }
            case "meta protocol", "ether type" -> {
                network = value;
                familyWord = family.equals("bridge") || family.equals("netdev") ? words.size() - 1 : -1;
            }
            default -> {}
        }
    }

    private static String masked(Operand operand, byte[] mask, int operation, byte[] data) {
        boolean isZero = ValueText.number(data) == 0 && data.length <= 4;
        String operator = operator(operation);
        return switch (operand.format()) {
            case ADDRESS -> {
                int length = ValueText.prefixLength(mask);
                String value = ValueText.of(data, Format.ADDRESS);
                yield length >= 0
                        ? operand.text() + operator + value + "/" + length
                        : "%s & %s%s%s"
                                .formatted(
                                        operand.text(),
                                        ValueText.of(mask, Format.ADDRESS),
                                        operation == Check.Compare.EQUAL ? " == " : operator,
                                        value);
            }
            case CT_STATE, CT_STATUS, TCP_FLAGS -> {
                if (isZero) { // any of the flags, or none of them
                    String flags = ValueText.of(mask, operand.format());
                    yield operand.text() + (operation == Check.Compare.NOT_EQUAL ? " " : " ! ") + flags;
                }
                yield "%s%s%s / %s"
                        .formatted(
                                operand.text(),
                                operator,
                                ValueText.of(data, operand.format()),
                                ValueText.of(mask, operand.format()));
            }
            default ->
                "%s & %s%s%s"
                        .formatted(
                                operand.text(),
                                ValueText.of(mask, operand.format()),
                                operation == Check.Compare.EQUAL ? " == " : operator,
                                ValueText.of(data, operand.format()));
        };
    }

    private void lookup(Check.Lookup l) {
        Optional<FirewallSet> set =
                sets.stream().filter(s -> s.name().equals(l.set())).findFirst();
        List<Operand> key = registers.key(l.source(), set);
        String asked = String.join(" . ", key.stream().map(RuleRegisters::said).toList());
        String content = set.filter(FirewallSet::isAnonymous)
                .map(s -> SetText.of(s, key.stream().map(Operand::format).toList()))
                .orElse("@" + l.set());
        if (!l.isMap()) {
            words.add(asked + (l.inverted() ? " != " : " ") + content);
            remember(key.getFirst(), "th");
        } else if (set.filter(s -> !s.isVerdictMap()).isPresent() || l.destination() != 0) {
            registers.put(l.destination(), new Operand(asked + " map " + content, Format.HEX));
        } else {
            words.add(asked + " vmap " + content);
        }
    }

    private static String limit(Check.Limit l) {
        String unit = switch ((int) l.unit()) {
            case 1 -> "second";
            case 60 -> "minute";
            case 3600 -> "hour";
            case 86400 -> "day";
            case 604800 -> "week";
            default -> l.unit() + " seconds";
        };
        int usual = l.bytes() ? 0 : 5;
        return "limit rate " + (l.inverted() ? "over " : "") + l.rate() + (l.bytes() ? " bytes/" : "/") + unit
                + (l.burst() == usual ? "" : " burst " + l.burst() + (l.bytes() ? " bytes" : " packets"));
    }

    private void statement(Statement statement) {
        words.add(
                switch (statement) {
                    case Statement.Counter c -> "counter packets " + c.packets() + " bytes " + c.bytes();
                    case Statement.Last l -> "last used " + (l.ever() ? l.milliseconds() + "ms" : "never");
                    case Statement.Log l -> l.prefix().isEmpty() ? "log" : "log prefix \"" + l.prefix() + "\"";
                    case Statement.Reject r -> reject(r);
                    case Statement.NoTracking n -> "notrack";
                    case Statement.Queue q ->
                        "queue" + ((q.flags() & 1) != 0 ? " flags bypass" : "") + " to " + q.first();
                    case Statement.MetaWrite w -> write("meta " + w.key(), w.register(), w.key() == MetaKey.MARK);
                    case Statement.CtWrite w -> write("ct " + w.key(), w.register(), true);
                    case Statement.PayloadWrite w -> {
                        var load = new Load.Payload(w.register(), w.header(), w.offset(), w.length());
                        yield Operand.of(load, network, transport).text() + " set "
                                + registers.value(
                                        w.register(),
                                        Operand.of(load, network, transport).format());
                    }
                    case Statement.ObjectReference o ->
                        o.map().isEmpty()
                                ? (o.type() == ObjectMessage.CT_HELPER ? "ct helper set \"" : "object \"")
                                        + o.object()
                                        + '"'
                                : "object from map @" + o.map();
                    case Statement.DynamicSet d ->
                        switch (d.operation()) {
                                    case 0 -> "add";
                                    case 1 -> "update";
                                    default -> "delete";
                                }
                                + " @" + d.set() + " { "
                                + registers.operand(d.keyRegister()).text() + " }";
                    case Statement.Offload o -> "flow add @" + o.flowTable();
                    case Translation t -> "";
                });
    }

    private String reject(Statement.Reject reject) {
        if (reject.type() == Statement.Reject.ICMP) {
            withoutFamily();
        }
        return RejectNames.of(reject, network.equals("ip6") ? Family.IPV6 : Family.IPV4);
    }

    private String write(String what, int register, boolean isHex) {
        return what + " set " + registers.value(register, isHex ? Format.HOST_HEX : Format.HOST_NUMBER);
    }
}
