package dev.lasthop.netlink.nftables;

import static dev.lasthop.netlink.nftables.Fields.number;
import static dev.lasthop.netlink.nftables.Fields.text;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;

/** Steps that end the rule unless something is so. */
public sealed interface Check extends Expression {

    /** @param operation {@code enum nft_cmp_ops}: 0 =, 1 ≠, 2 <, 3 ≤, 4 >, 5 ≥, byte by byte as {@code memcmp} does */
    record Compare(int register, int operation, Bytes data) implements Check {
        public static final int EQUAL = 0;
        public static final int NOT_EQUAL = 1;
        public static final int LESS = 2;
        public static final int LESS_OR_EQUAL = 3;
        public static final int GREATER = 4;
        public static final int GREATER_OR_EQUAL = 5;

        private static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_CMP_SREG");
        private static final Key<Integer> OPERATION = Key.bigEndian32(2, "NFTA_CMP_OP");
        private static final Key<RuleData> DATA = RuleData.key(3, "NFTA_CMP_DATA");

        public static Compare equal(int register, byte... data) {
            return new Compare(register, EQUAL, Bytes.of(data));
        }

        static Compare decode(Attributes in) {
            return new Compare(number(in, REGISTER), number(in, OPERATION), value(in, DATA));
        }

        @Override
        public String name() {
            return "cmp";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(REGISTER, register)
                    .put(OPERATION, operation)
                    .put(DATA, new RuleData.Value(data))
                    .done();
        }
    }

    /** @param operation {@code enum nft_range_ops}: 0 within (both ends are), 1 outside */
    record Range(int register, int operation, Bytes from, Bytes to) implements Check {
        private static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_RANGE_SREG");
        private static final Key<Integer> OPERATION = Key.bigEndian32(2, "NFTA_RANGE_OP");
        private static final Key<RuleData> FROM = RuleData.key(3, "NFTA_RANGE_FROM_DATA");
        private static final Key<RuleData> TO = RuleData.key(4, "NFTA_RANGE_TO_DATA");

        static Range decode(Attributes in) {
            return new Range(number(in, REGISTER), number(in, OPERATION), value(in, FROM), value(in, TO));
        }

        @Override
        public String name() {
            return "range";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(REGISTER, register)
                    .put(OPERATION, operation)
                    .put(FROM, new RuleData.Value(from))
                    .put(TO, new RuleData.Value(to))
                    .done();
        }
    }

    /**
     * Whether a set holds a register's value; with a destination, what a map has for it.
     *
     * @param destination where the map's data goes: 0 for none with a plain set, the verdict with a verdict map
     * @param isMap whether there is a destination at all
     * @param setId the set's number within the transaction that makes it; 0 for a set that is there already
     * @param inverted whether the rule goes on where the set does not hold it
     */
    record Lookup(String set, int source, int destination, boolean isMap, int setId, boolean inverted)
            implements Check {
        private static final Key<String> SET = Key.string(1, "NFTA_LOOKUP_SET");
        private static final Key<Integer> SOURCE = Key.bigEndian32(2, "NFTA_LOOKUP_SREG");
        private static final Key<Integer> DESTINATION = Key.bigEndian32(3, "NFTA_LOOKUP_DREG");
        private static final Key<Integer> SET_ID = Key.bigEndian32(4, "NFTA_LOOKUP_SET_ID");
        private static final Key<Integer> FLAGS = Key.bigEndian32(5, "NFTA_LOOKUP_FLAGS");

        public static Lookup in(String set, int source) {
            return new Lookup(set, source, 0, false, 0, false);
        }

        public static Lookup map(String set, int source, int destination) {
            return new Lookup(set, source, destination, true, 0, false);
        }

        static Lookup decode(Attributes in) {
            return new Lookup(
                    text(in, SET),
                    number(in, SOURCE),
                    number(in, DESTINATION),
                    in.has(DESTINATION),
                    number(in, SET_ID),
                    (number(in, FLAGS) & 1) != 0);
        }

        @Override
        public String name() {
            return "lookup";
        }

        @Override
        public Attributes attributes() {
            Fields fields = new Fields().put(SET, set).put(SOURCE, source);
            if (isMap) {
                fields.put(DESTINATION, destination);
            }
            return fields.nonZero(SET_ID, setId)
                    .nonZero(FLAGS, inverted ? 1 : 0)
                    .done();
        }
    }

    /**
     * Goes on for as many packets (or bytes) as a rate allows.
     *
     * @param rate so many in {@code unit} seconds
     * @param bytes whether bytes are counted and not packets
     * @param inverted whether it goes on for those above the rate
     */
    record Limit(long rate, long unit, int burst, boolean bytes, boolean inverted) implements Check {
        private static final Key<Long> RATE = Key.bigEndian64(1, "NFTA_LIMIT_RATE");
        private static final Key<Long> UNIT = Key.bigEndian64(2, "NFTA_LIMIT_UNIT");
        private static final Key<Integer> BURST = Key.bigEndian32(3, "NFTA_LIMIT_BURST");
        private static final Key<Integer> TYPE = Key.bigEndian32(4, "NFTA_LIMIT_TYPE");
        private static final Key<Integer> FLAGS = Key.bigEndian32(5, "NFTA_LIMIT_FLAGS");

        static Limit decode(Attributes in) {
            return new Limit(
                    in.get(RATE).orElse(0L),
                    in.get(UNIT).orElse(0L),
                    number(in, BURST),
                    number(in, TYPE) == 1,
                    (number(in, FLAGS) & 1) != 0);
        }

        @Override
        public String name() {
            return "limit";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(RATE, rate)
                    .put(UNIT, unit)
                    .put(BURST, burst)
                    .put(TYPE, bytes ? 1 : 0)
                    .put(FLAGS, inverted ? 1 : 0)
                    .done();
        }
    }

    /** @param flags 1: goes on once the quota is used up; 2: it is used up */
    record Quota(long bytes, int flags, long consumed) implements Check {
        private static final Key<Long> BYTES = Key.bigEndian64(1, "NFTA_QUOTA_BYTES");
        private static final Key<Integer> FLAGS = Key.bigEndian32(2, "NFTA_QUOTA_FLAGS");
        private static final Key<Long> CONSUMED = Key.bigEndian64(4, "NFTA_QUOTA_CONSUMED");

        static Quota decode(Attributes in) {
            return new Quota(
                    in.get(BYTES).orElse(0L),
                    number(in, FLAGS),
                    in.get(CONSUMED).orElse(0L));
        }

        @Override
        public String name() {
            return "quota";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(BYTES, bytes)
                    .put(FLAGS, flags)
                    .put(CONSUMED, consumed)
                    .done();
        }
    }

    /** @param flags 1: goes on once there are more than {@code count} connections */
    record ConnectionLimit(int count, int flags) implements Check {
        private static final Key<Integer> COUNT = Key.bigEndian32(1, "NFTA_CONNLIMIT_COUNT");
        private static final Key<Integer> FLAGS = Key.bigEndian32(2, "NFTA_CONNLIMIT_FLAGS");

        static ConnectionLimit decode(Attributes in) {
            return new ConnectionLimit(number(in, COUNT), number(in, FLAGS));
        }

        @Override
        public String name() {
            return "connlimit";
        }

        @Override
        public Attributes attributes() {
            return new Fields().put(COUNT, count).put(FLAGS, flags).done();
        }
    }

    private static Bytes value(Attributes in, Key<RuleData> key) {
        return in.get(key).orElse(RuleData.Value.EMPTY) instanceof RuleData.Value value ? value.bytes() : Bytes.EMPTY;
    }
}
