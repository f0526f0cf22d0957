package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An element of a set or map ({@code NFTA_SET_ELEM_*}).
 *
 * <p>A set of intervals holds them in one of two ways. Without concatenation each interval is two elements: its first value, and the
 * value behind its last one with {@link #isIntervalEnd()}. With concatenation it is one element with {@link #keyEnd()}.
 */
public record SetElement(Attributes attributes) {
    private static final Key<RuleData> KEY = RuleData.key(1, "NFTA_SET_ELEM_KEY");
    private static final Key<RuleData> DATA = RuleData.key(2, "NFTA_SET_ELEM_DATA");
    private static final Key<Integer> FLAGS = Key.bigEndian32(3, "NFTA_SET_ELEM_FLAGS");
    private static final Key<Long> TIMEOUT = Key.bigEndian64(4, "NFTA_SET_ELEM_TIMEOUT");
    private static final Key<Bytes> USER_DATA = Key.bytes(6, "NFTA_SET_ELEM_USERDATA");
    private static final Key<Attributes> EXPRESSION = Key.flaggedNested(7, "NFTA_SET_ELEM_EXPR");
    private static final Key<String> OBJECT = Key.string(9, "NFTA_SET_ELEM_OBJREF");
    private static final Key<RuleData> KEY_END = RuleData.key(10, "NFTA_SET_ELEM_KEY_END");
    private static final Key<Attributes> EXPRESSIONS = Key.flaggedNested(11, "NFTA_SET_ELEM_EXPRESSIONS");

    private static final int INTERVAL_END = 1;
    private static final int CATCH_ALL = 2;

    public static SetElement of(byte... key) {
        return new SetElement(Attributes.of(KEY.to(RuleData.Value.of(key))));
    }

    /** What marks the end of an interval: the value behind its last one. */
    public static SetElement intervalEnd(byte... key) {
        return new SetElement(new Fields()
                .put(KEY, RuleData.Value.of(key))
                .put(FLAGS, INTERVAL_END)
                .done());
    }

    /** The entry of a map of what it has for any value that it does not hold. */
    public static SetElement catchAll() {
        return new SetElement(new Fields().put(FLAGS, CATCH_ALL).done());
    }

    public SetElement mappedTo(RuleData data) {
        return new SetElement(attributes.with(DATA.to(data)));
    }

    public SetElement upTo(byte... last) {
        return new SetElement(attributes.with(KEY_END.to(RuleData.Value.of(last))));
    }

    public SetElement lasting(Duration time) {
        return new SetElement(attributes.with(TIMEOUT.to(time.toMillis())));
    }

    /** @param comment up to 127 bytes */
    public SetElement commented(String comment) {
        return new SetElement(attributes.with(USER_DATA.to(UserData.comment(comment))));
    }

    /** As the kernel is asked for it: by its key alone. */
    SetElement asked() {
        return new SetElement(new Attributes(attributes.all().stream()
                .filter(attribute -> attribute.type() == KEY.type()
                        || attribute.type() == KEY_END.type()
                        || attribute.type() == FLAGS.type())
                .toList()));
    }

    /** What it has counted; zero where it does not count. */
    public Statement.Counter counter() {
        return expressions().stream()
                .flatMap(one -> one instanceof Statement.Counter counter ? Stream.of(counter) : Stream.empty())
                .findFirst()
                .orElse(Statement.Counter.ZERO);
    }

    public Bytes key() {
        return value(KEY);
    }

    /** The last value of an interval in a concatenation; empty where the element is one value. */
    public Bytes keyEnd() {
        return value(KEY_END);
    }

    public Optional<RuleData> data() {
        return attributes.get(DATA);
    }

    public boolean isIntervalEnd() {
        return (Fields.number(attributes, FLAGS) & INTERVAL_END) != 0;
    }

    public boolean isCatchAll() {
        return (Fields.number(attributes, FLAGS) & CATCH_ALL) != 0;
    }

    public Optional<Duration> timeout() {
        return attributes.get(TIMEOUT).map(Duration::ofMillis);
    }

    /** The name of the object that a map of objects has for it. */
    public Optional<String> object() {
        return attributes.get(OBJECT);
    }

    public String comment() {
        return attributes
                .get(USER_DATA)
                .flatMap(data -> UserData.text(data, UserData.COMMENT))
                .orElse("");
    }

    /** Counters and limits of the element's own. */
    public List<Expression> expressions() {
        return attributes
                .get(EXPRESSION)
                .map(one -> List.of(Expression.decode(one)))
                .orElseGet(() ->
                        attributes.get(EXPRESSIONS).map(Expression::decodeAll).orElse(List.of()));
    }

    private Bytes value(Key<RuleData> key) {
        return attributes.get(key).orElse(RuleData.Value.EMPTY) instanceof RuleData.Value v ? v.bytes() : Bytes.EMPTY;
    }
}
