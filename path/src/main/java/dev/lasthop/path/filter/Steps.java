package dev.lasthop.path.filter;

import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.MetaKey;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.RuleData.Verdict;
import dev.lasthop.netlink.nftables.Statement;
import dev.lasthop.netlink.nftables.Transform;
import dev.lasthop.netlink.nftables.Translation;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.PacketState.Tracking;
import dev.lasthop.topology.FirewallSet;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.RejectNames;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Runs the steps of one rule, over registers of its own. */
final class Steps {
    private final FirewallTable table;
    private final Situation at;
    private final Choices choices;
    private final Registers registers = new Registers();
    private PacketState packet;

    Steps(FirewallTable table, Situation at, Choices choices) {
        this.table = table;
        this.at = at;
        this.choices = choices;
        this.packet = at.packet();
    }

    Effect run(Expression expression) {
        Effect effect = switch (expression) {
            case Load load -> load(load);
            case Transform transform -> transform(transform);
            case Check check -> check(check);
            case Translation translation -> translation(translation);
            case Statement statement -> statement(statement);
            case Extension.Match match -> Effect.check(packet, decide(new ExtensionMatch(match, now()).holds()));
            case Extension.Target target -> new ExtensionTarget(target, now()).effect();
            case Expression.Unknown unknown -> Effect.check(packet, choices.yes());
        };
        packet = effect.packet();
        return effect;
    }

    private Situation now() {
        return at.with(packet);
    }

    private boolean decide(Truth truth) {
        return truth == Truth.YES || truth == Truth.UNKNOWN && choices.yes();
    }

    private Effect load(Load load) {
        if (load instanceof Load.Immediate immediate && immediate.data() instanceof Verdict verdict) {
            return Effect.verdict(packet, verdict);
        }
        if (load instanceof Load.ExtensionHeader write && write.source() != 0) {
            return Effect.next(packet); // changes an option, decides nothing
        }
        Optional<Value> found = Loads.find(load, now());
        found.ifPresent(value -> registers.store(load.register(), value));
        return Effect.check(packet, found.isPresent());
    }

    private Effect transform(Transform transform) {
        switch (transform) {
            case Transform.Bitwise b -> {
                Value source = registers.load(b.source(), bounded(b.length()));
                registers.store(
                        b.register(),
                        switch (b.operation()) {
                            case Transform.Bitwise.MASK_XOR ->
                                source.and(b.mask().toArray(), b.xor().toArray());
                            case Transform.Bitwise.LEFT, Transform.Bitwise.RIGHT -> shifted(source, b);
                            default -> Value.unknown(source.length());
                        });
            }
            case Transform.ByteSwap s -> {
                Value source = registers.load(s.source(), bounded(s.length()));
                boolean littleEndian = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
                registers.store(s.register(), littleEndian ? swapped(source, Math.max(1, s.size())) : source);
            }
        }
        return Effect.next(packet);
    }

    private static int bounded(int length) {
        return Math.max(0, Math.min(64, length));
    }

    private static Value shifted(Value source, Transform.Bitwise b) {
        if (!source.isKnown() || source.length() != Integer.BYTES) {
            return Value.unknown(source.length());
        }
        int value = java.nio.ByteBuffer.wrap(source.bits())
                .order(ByteOrder.nativeOrder())
                .getInt();
        return Value.number(b.operation() == Transform.Bitwise.LEFT ? value << b.shift() : value >>> b.shift());
    }

    private static Value swapped(Value source, int size) {
        Value turned = Value.unknown(source.length());
        for (int i = 0; i < source.length(); i++) {
            int from = i / size * size + size - 1 - i % size;
            if (from < source.length()) {
                turned.bits()[i] = source.bits()[from];
                turned.known()[i] = source.known()[from];
            }
        }
        return turned;
    }

    private Effect check(Check check) {
        return switch (check) {
            case Check.Compare c -> Effect.check(packet, decide(compare(c)));
            case Check.Range r -> Effect.check(packet, decide(range(r)));
            case Check.Lookup l -> lookup(l);
            case Check.Limit l -> assumed(!l.inverted(), "the rate limit is not reached (assumed)");
            case Check.Quota q -> {
                boolean over = Long.compareUnsigned(q.consumed(), q.bytes()) >= 0;
                yield Effect.check(packet, ((q.flags() & 1) != 0) == over);
            }
            case Check.ConnectionLimit c ->
                assumed((c.flags() & 1) == 0, "the connection limit is not reached (assumed)");
        };
    }

    private Effect assumed(boolean holds, String note) {
        return holds ? Effect.next(packet, note) : Effect.noMatch(packet);
    }

    private Truth compare(Check.Compare c) {
        byte[] data = c.data().toArray();
        Value value = registers.load(c.register(), bounded(data.length));
        return switch (c.operation()) {
            case Check.Compare.EQUAL -> value.equalTo(data);
            case Check.Compare.NOT_EQUAL -> value.equalTo(data).not();
            default -> {
                if (!value.isKnown()) {
                    yield Truth.UNKNOWN;
                }
                int order = Arrays.compareUnsigned(value.bits(), data);
                yield Truth.of(
                        switch (c.operation()) {
                            case Check.Compare.LESS -> order < 0;
                            case Check.Compare.LESS_OR_EQUAL -> order <= 0;
                            case Check.Compare.GREATER -> order > 0;
                            default -> order >= 0;
                        });
            }
        };
    }

    private Truth range(Check.Range r) {
        byte[] from = r.from().toArray();
        Value value = registers.load(r.register(), bounded(from.length));
        if (!value.isKnown()) {
            return Truth.UNKNOWN;
        }
        boolean inside = Arrays.compareUnsigned(value.bits(), from) >= 0
                && Arrays.compareUnsigned(value.bits(), r.to().toArray()) <= 0;
        return Truth.of(inside == (r.operation() == 0));
    }

    private Effect lookup(Check.Lookup l) {
        Optional<FirewallSet> set = table.set(l.set());
        if (set.isEmpty()) {
            return Effect.check(packet, choices.yes());
        }
        Value key = registers.load(l.source(), bounded(set.get().definition().keyLength()));
        if (!l.isMap()) {
            Truth in = SetLookup.contains(set.get(), key);
            return Effect.check(packet, decide(in.inverted(l.inverted())));
        }
        List<RuleData> possible = SetLookup.map(set.get(), key);
        boolean sure = key.isKnown();
        int options = possible.size() + (sure ? 0 : 1);
        if (options == 0) {
            return Effect.noMatch(packet);
        }
        int chosen = options == 1 ? 0 : choices.choose(options);
        if (chosen == possible.size()) {
            return Effect.noMatch(packet);
        }
        return switch (possible.get(chosen)) {
            case Verdict verdict -> Effect.verdict(packet, verdict);
            case RuleData.Value value -> {
                registers.store(l.destination(), Value.of(value.bytes().toArray()));
                yield Effect.next(packet);
            }
        };
    }

    private Effect statement(Statement statement) {
        return switch (statement) {
            case Statement.Reject r -> Effect.reject(packet, RejectNames.of(r, at.family()));
            case Statement.NoTracking n ->
                at.isTracked() // it is too late
                        ? Effect.next(packet)
                        : Effect.next(packet.withTracking(Tracking.UNTRACKED), "notrack");
            case Statement.Queue q -> Effect.queue(packet, "queue to " + q.first());
            case Statement.MetaWrite w -> metaWrite(w);
            case Statement.CtWrite w -> connectionWrite(w);
            case Statement.DynamicSet d ->
                d.expressions().stream().allMatch(e -> run(e).verdict().code() == Verdict.CONTINUE_CODE)
                                == !d.inverted()
                        ? Effect.next(packet)
                        : Effect.noMatch(packet);
            case Statement.Log l -> Effect.next(packet, "log");
            case Statement.Counter c -> Effect.next(packet);
            case Statement.Last l -> Effect.next(packet);
            case Statement.PayloadWrite w -> Effect.next(packet, "rewrites the packet");
            case Statement.ObjectReference o -> Effect.next(packet);
            case Statement.Offload o -> Effect.next(packet, "hands the connection to flow table " + o.flowTable());
            case Translation t -> translation(t);
        };
    }

    private Effect metaWrite(Statement.MetaWrite write) {
        if (write.key() != MetaKey.MARK) {
            return Effect.next(packet);
        }
        int mark = number(registers.load(write.register(), Integer.BYTES));
        return Effect.next(packet.withMark(mark), "mark set 0x%08x".formatted(mark));
    }

    private Effect connectionWrite(Statement.CtWrite write) {
        if (write.key() != dev.lasthop.netlink.nftables.CtKey.MARK) {
            return Effect.next(packet);
        }
        int mark = number(registers.load(write.register(), Integer.BYTES));
        Tracking was = packet.tracking();
        return Effect.next(
                packet.withTracking(new Tracking(was.state(), was.reply(), was.original(), mark, was.status())));
    }

    private static int number(Value value) {
        return java.nio.ByteBuffer.wrap(value.bits())
                .order(ByteOrder.nativeOrder())
                .getInt();
    }

    private Effect translation(Translation translation) {
        return switch (translation) {
            case Translation.Nat n -> nat(n);
            case Translation.Masquerade m -> masquerade(now(), port(m.portMinimum()));
            case Translation.Redirect r -> redirect(now(), port(r.portMinimum()));
            case Translation.TransparentProxy t ->
                Effect.next(packet, "tproxy to " + Translations.text(address(t.address()), port(t.port())));
            case Translation.SynProxy s -> Effect.next(packet, "synproxy");
            case Translation.Duplicate d -> Effect.next(packet, "dup");
            case Translation.Forward f ->
                new Effect(new Verdict(Verdict.STOLEN_CODE, ""), packet, Optional.of("fwd"), false, false);
        };
    }

    static Effect masquerade(Situation at, int port) {
        Optional<IpAddress> address = Translations.masqueraded(at);
        if (address.isEmpty()) {
            return new Effect(
                    Verdict.DROP,
                    at.packet(),
                    Optional.of("masquerade: the output interface has no address"),
                    false,
                    false);
        }
        return Effect.translated(
                Translations.source(at.packet(), address, port), "masquerade as " + Translations.text(address, port));
    }

    static Effect redirect(Situation at, int port) {
        Optional<IpAddress> address = Translations.redirected(at);
        if (address.isEmpty()) {
            return new Effect(
                    Verdict.DROP,
                    at.packet(),
                    Optional.of("redirect: the input interface has no address"),
                    false,
                    false);
        }
        return Effect.translated(
                Translations.destination(at.packet(), address, port),
                "redirect to " + Translations.text(address, port));
    }

    private Effect nat(Translation.Nat n) {
        boolean destination = n.type() == Translation.Nat.DESTINATION;
        Optional<IpAddress> address = address(n.addressMinimum());
        if ((n.flags() & Translation.NETMAP) != 0 && address.isPresent() && n.addressMaximum() != 0) {
            IpAddress from =
                    destination ? packet.flow().destination() : packet.flow().source();
            IpAddress maximum = address(n.addressMaximum()).orElse(address.get());
            address = Optional.of(Translations.mapped(from, address.get(), maximum));
        }
        return translated(now(), destination, address, port(n.portMinimum()));
    }

    static Effect translated(Situation at, boolean destination, Optional<IpAddress> address, int port) {
        String to = Translations.text(address, port);
        return destination
                ? Effect.translated(Translations.destination(at.packet(), address, port), "dnat to " + to)
                : Effect.translated(Translations.source(at.packet(), address, port), "snat to " + to);
    }

    private Optional<IpAddress> address(int register) {
        return register == 0
                ? Optional.empty()
                : Optional.of(IpAddress.of(
                        registers.load(register, at.family().bytes()).bits()));
    }

    private int port(int register) {
        if (register == 0) {
            return 0;
        }
        byte[] bytes = registers.load(register, 2).bits();
        return (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    }
}
