package dev.lasthop.netlink.nftables;

import static dev.lasthop.netlink.nftables.Fields.number;
import static dev.lasthop.netlink.nftables.Fields.text;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import java.util.List;

/** Steps that do something. Those that change addresses are {@link Translation}. */
public sealed interface Statement extends Expression
        permits Statement.Counter,
                Statement.Last,
                Statement.Log,
                Statement.Reject,
                Statement.NoTracking,
                Statement.Queue,
                Statement.MetaWrite,
                Statement.CtWrite,
                Statement.PayloadWrite,
                Statement.ObjectReference,
                Statement.DynamicSet,
                Statement.Offload,
                Translation {

    static Expression decode(String name, Attributes in) {
        return switch (name) {
            case "counter" -> Counter.decode(in);
            case "last" -> Last.decode(in);
            case "log" -> Log.decode(in);
            case "reject" -> Reject.decode(in);
            case "notrack" -> new NoTracking();
            case "queue" -> Queue.decode(in);
            case "objref" -> ObjectReference.decode(in);
            case "dynset" -> DynamicSet.decode(in);
            case "flow_offload" -> Offload.decode(in);
            default -> Translation.decode(name, in);
        };
    }

    /** Counts the packets that get to it. */
    record Counter(long packets, long bytes) implements Statement {
        public static final Counter ZERO = new Counter(0, 0);

        private static final Key<Long> BYTES = Key.bigEndian64(1, "NFTA_COUNTER_BYTES");
        private static final Key<Long> PACKETS = Key.bigEndian64(2, "NFTA_COUNTER_PACKETS");

        static Counter decode(Attributes in) {
            return new Counter(in.get(PACKETS).orElse(0L), in.get(BYTES).orElse(0L));
        }

        @Override
        public String name() {
            return "counter";
        }

        @Override
        public Attributes attributes() {
            return new Fields().put(BYTES, bytes).put(PACKETS, packets).done();
        }
    }

    /** When a packet last got to it. */
    record Last(boolean ever, long milliseconds) implements Statement {
        private static final Key<Integer> EVER = Key.bigEndian32(1, "NFTA_LAST_SET");
        private static final Key<Long> MILLISECONDS = Key.bigEndian64(2, "NFTA_LAST_MSECS");

        static Last decode(Attributes in) {
            return new Last(number(in, EVER) != 0, in.get(MILLISECONDS).orElse(0L));
        }

        @Override
        public String name() {
            return "last";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(EVER, ever ? 1 : 0)
                    .put(MILLISECONDS, milliseconds)
                    .done();
        }
    }

    /** @param all as the kernel gave them: what is logged changes nothing about the packet */
    record Log(Attributes all) implements Statement {
        private static final Key<Integer> GROUP = Key.bigEndian16(1, "NFTA_LOG_GROUP");
        private static final Key<String> PREFIX = Key.string(2, "NFTA_LOG_PREFIX");

        public static Log prefixed(String prefix) {
            return new Log(Attributes.of(PREFIX.to(prefix)));
        }

        static Log decode(Attributes in) {
            in.get(GROUP);
            return new Log(in);
        }

        public String prefix() {
            return text(all, PREFIX);
        }

        @Override
        public String name() {
            return "log";
        }

        @Override
        public Attributes attributes() {
            return all;
        }
    }

    /**
     * Drops, and tells the sender.
     *
     * @param type {@code enum nft_reject_types}: 0 an ICMP (or ICMPv6) error, 1 a TCP reset, 2 an ICMP error of either family
     * @param code of the ICMP error; for type 2 {@code enum nft_reject_inet_code}
     */
    record Reject(int type, int code) implements Statement {
        public static final int ICMP = 0;
        public static final int TCP_RESET = 1;
        public static final int ICMPX = 2;

        private static final Key<Integer> TYPE = Key.bigEndian32(1, "NFTA_REJECT_TYPE");
        private static final Key<Integer> CODE = Key.u8(2, "NFTA_REJECT_ICMP_CODE");

        static Reject decode(Attributes in) {
            return new Reject(number(in, TYPE), number(in, CODE));
        }

        @Override
        public String name() {
            return "reject";
        }

        @Override
        public Attributes attributes() {
            return new Fields().put(TYPE, type).put(CODE, code).done();
        }
    }

    /** Keeps the packet out of connection tracking. */
    record NoTracking() implements Statement {
        @Override
        public String name() {
            return "notrack";
        }

        @Override
        public Attributes attributes() {
            return Attributes.NONE;
        }
    }

    /** @param flags 1: goes on where nobody listens; 2: one queue a processor */
    record Queue(int first, int total, int flags, int register) implements Statement {
        private static final Key<Integer> FIRST = Key.bigEndian16(1, "NFTA_QUEUE_NUM");
        private static final Key<Integer> TOTAL = Key.bigEndian16(2, "NFTA_QUEUE_TOTAL");
        private static final Key<Integer> FLAGS = Key.bigEndian16(3, "NFTA_QUEUE_FLAGS");
        private static final Key<Integer> REGISTER = Key.bigEndian32(4, "NFTA_QUEUE_SREG_QNUM");

        static Queue decode(Attributes in) {
            return new Queue(number(in, FIRST), number(in, TOTAL), number(in, FLAGS), number(in, REGISTER));
        }

        @Override
        public String name() {
            return "queue";
        }

        @Override
        public Attributes attributes() {
            Fields fields = new Fields();
            if (register == 0) {
                fields.put(FIRST, first).put(TOTAL, total);
            }
            return fields.nonZero(FLAGS, flags).nonZero(REGISTER, register).done();
        }
    }

    /** {@code meta KEY set}: the value stands in a register. */
    record MetaWrite(int keyNumber, int register) implements Statement {
        static final Key<Integer> SOURCE = Key.bigEndian32(3, "NFTA_META_SREG");

        public MetaWrite(MetaKey key, int register) {
            this(key.number(), register);
        }

        static MetaWrite decode(Attributes in) {
            return new MetaWrite(number(in, Load.Meta.KEY), number(in, SOURCE));
        }

        public MetaKey key() {
            return MetaKey.of(keyNumber);
        }

        @Override
        public String name() {
            return "meta";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(Load.Meta.KEY, keyNumber)
                    .put(SOURCE, register)
                    .done();
        }
    }

    /** {@code ct KEY set}. */
    record CtWrite(int keyNumber, int register) implements Statement {
        static final Key<Integer> SOURCE = Key.bigEndian32(4, "NFTA_CT_SREG");

        public CtWrite(CtKey key, int register) {
            this(key.number(), register);
        }

        static CtWrite decode(Attributes in) {
            return new CtWrite(number(in, Load.Ct.KEY), number(in, SOURCE));
        }

        public CtKey key() {
            return CtKey.of(keyNumber);
        }

        @Override
        public String name() {
            return "ct";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(Load.Ct.KEY, keyNumber)
                    .put(SOURCE, register)
                    .done();
        }
    }

    /** Writes into the packet. */
    record PayloadWrite(
            int register, int header, int offset, int length, int checksumType, int checksumOffset, int checksumFlags)
            implements Statement {
        static final Key<Integer> SOURCE = Key.bigEndian32(5, "NFTA_PAYLOAD_SREG");
        private static final Key<Integer> CHECKSUM_TYPE = Key.bigEndian32(6, "NFTA_PAYLOAD_CSUM_TYPE");
        private static final Key<Integer> CHECKSUM_OFFSET = Key.bigEndian32(7, "NFTA_PAYLOAD_CSUM_OFFSET");
        private static final Key<Integer> CHECKSUM_FLAGS = Key.bigEndian32(8, "NFTA_PAYLOAD_CSUM_FLAGS");

        static PayloadWrite decode(Attributes in) {
            return new PayloadWrite(
                    number(in, SOURCE),
                    number(in, Load.Payload.HEADER),
                    number(in, Load.Payload.OFFSET),
                    number(in, Load.Payload.LENGTH),
                    number(in, CHECKSUM_TYPE),
                    number(in, CHECKSUM_OFFSET),
                    number(in, CHECKSUM_FLAGS));
        }

        @Override
        public String name() {
            return "payload";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(SOURCE, register)
                    .put(Load.Payload.HEADER, header)
                    .put(Load.Payload.OFFSET, offset)
                    .put(Load.Payload.LENGTH, length)
                    .put(CHECKSUM_TYPE, checksumType)
                    .put(CHECKSUM_OFFSET, checksumOffset)
                    .put(CHECKSUM_FLAGS, checksumFlags)
                    .done();
        }
    }

    /**
     * Uses a named object: a counter, quota, limit, helper …, named here or found in a map.
     *
     * @param type {@code NFT_OBJECT_*}; 0 with a map
     * @param register the map's key; 0 without a map
     */
    record ObjectReference(int type, String object, int register, String map) implements Statement {
        private static final Key<Integer> TYPE = Key.bigEndian32(1, "NFTA_OBJREF_IMM_TYPE");
        private static final Key<String> OBJECT = Key.string(2, "NFTA_OBJREF_IMM_NAME");
        private static final Key<Integer> REGISTER = Key.bigEndian32(3, "NFTA_OBJREF_SET_SREG");
        private static final Key<String> MAP = Key.string(4, "NFTA_OBJREF_SET_NAME");

        static ObjectReference decode(Attributes in) {
            return new ObjectReference(number(in, TYPE), text(in, OBJECT), number(in, REGISTER), text(in, MAP));
        }

        @Override
        public String name() {
            return "objref";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .nonZero(TYPE, type)
                    .nonEmpty(OBJECT, object)
                    .nonZero(REGISTER, register)
                    .nonEmpty(MAP, map)
                    .done();
        }
    }

    /**
     * Puts the packet's key into a set (or takes it out), and may ask something of the element: a limit for each source address.
     */
    record DynamicSet(Attributes all) implements Statement {
        private static final Key<String> SET = Key.string(1, "NFTA_DYNSET_SET_NAME");
        private static final Key<Integer> OPERATION = Key.bigEndian32(3, "NFTA_DYNSET_OP");
        private static final Key<Integer> KEY_REGISTER = Key.bigEndian32(4, "NFTA_DYNSET_SREG_KEY");
        private static final Key<Integer> DATA_REGISTER = Key.bigEndian32(5, "NFTA_DYNSET_SREG_DATA");
        private static final Key<Attributes> EXPRESSION = Key.flaggedNested(7, "NFTA_DYNSET_EXPR");
        private static final Key<Integer> FLAGS = Key.bigEndian32(9, "NFTA_DYNSET_FLAGS");
        private static final Key<Attributes> EXPRESSIONS = Key.flaggedNested(10, "NFTA_DYNSET_EXPRESSIONS");

        static DynamicSet decode(Attributes in) {
            var set = new DynamicSet(in);
            set.operation(); // refuse numbers of a wrong size here and not at the first question
            set.keyRegister();
            set.dataRegister();
            set.inverted();
            return set;
        }

        public String set() {
            return text(all, SET);
        }

        /** {@code enum nft_dynset_ops}: 0 add, 1 update, 2 delete. */
        public int operation() {
            return number(all, OPERATION);
        }

        public int keyRegister() {
            return number(all, KEY_REGISTER);
        }

        public int dataRegister() {
            return number(all, DATA_REGISTER);
        }

        public boolean inverted() {
            return (number(all, FLAGS) & 1) != 0;
        }

        /** What is asked of the element. Read on demand: such a step could hold another one, and so on. */
        public List<Expression> expressions() {
            return all.get(EXPRESSION)
                    .map(one -> List.of(Expression.decode(one)))
                    .orElseGet(() -> Expression.decodeAll(all.get(EXPRESSIONS).orElse(Attributes.NONE)));
        }

        @Override
        public String name() {
            return "dynset";
        }

        @Override
        public Attributes attributes() {
            return all;
        }
    }

    /** Hands the connection over to a flow table, whose packets pass no further rules. */
    record Offload(String flowTable) implements Statement {
        private static final Key<String> TABLE = Key.string(1, "NFTA_FLOW_TABLE_NAME");

        static Offload decode(Attributes in) {
            return new Offload(text(in, TABLE));
        }

        @Override
        public String name() {
            return "flow_offload";
        }

        @Override
        public Attributes attributes() {
            return Attributes.of(TABLE.to(flowTable));
        }
    }
}
