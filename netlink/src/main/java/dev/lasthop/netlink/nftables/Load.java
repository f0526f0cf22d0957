package dev.lasthop.netlink.nftables;

import static dev.lasthop.netlink.nftables.Fields.number;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import java.util.OptionalInt;

/** Steps that put something into a register. */
public sealed interface Load extends Expression {
    int register();

    /**
     * A constant; into register 0 a verdict, which is what {@code accept}, {@code drop} and {@code jump} are.
     */
    record Immediate(int register, RuleData data) implements Load {
        private static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_IMMEDIATE_DREG");
        private static final Key<RuleData> VALUE = RuleData.key(2, "NFTA_IMMEDIATE_DATA");

        public static Immediate verdict(RuleData.Verdict verdict) {
            return new Immediate(0, verdict);
        }

        static Immediate decode(Attributes in) {
            return new Immediate(number(in, REGISTER), in.get(VALUE).orElse(new RuleData.Value(Bytes.EMPTY)));
        }

        @Override
        public String name() {
            return "immediate";
        }

        @Override
        public Attributes attributes() {
            return new Fields().put(REGISTER, register).put(VALUE, data).done();
        }
    }

    /**
     * Bytes of the packet.
     *
     * @param header {@code enum nft_payload_bases}: 0 link layer, 1 network, 2 transport, 3 inner
     */
    record Payload(int register, int header, int offset, int length) implements Load {
        public static final int LINK_LAYER = 0;
        public static final int NETWORK = 1;
        public static final int TRANSPORT = 2;

        static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_PAYLOAD_DREG");
        static final Key<Integer> HEADER = Key.bigEndian32(2, "NFTA_PAYLOAD_BASE");
        static final Key<Integer> OFFSET = Key.bigEndian32(3, "NFTA_PAYLOAD_OFFSET");
        static final Key<Integer> LENGTH = Key.bigEndian32(4, "NFTA_PAYLOAD_LEN");

        static Payload decode(Attributes in) {
            return new Payload(number(in, REGISTER), number(in, HEADER), number(in, OFFSET), number(in, LENGTH));
        }

        @Override
        public String name() {
            return "payload";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(REGISTER, register)
                    .put(HEADER, header)
                    .put(OFFSET, offset)
                    .put(LENGTH, length)
                    .done();
        }
    }

    /** Something about the packet that does not stand in it. */
    record Meta(int register, int keyNumber) implements Load {
        static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_META_DREG");
        static final Key<Integer> KEY = Key.bigEndian32(2, "NFTA_META_KEY");

        public Meta(int register, MetaKey key) {
            this(register, key.number());
        }

        static Meta decode(Attributes in) {
            return new Meta(number(in, REGISTER), number(in, KEY));
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
            return new Fields().put(REGISTER, register).put(KEY, keyNumber).done();
        }
    }

    /**
     * Something that connection tracking knows of the packet's connection.
     *
     * @param direction 0 original, 1 reply; empty for keys that have none
     */
    record Ct(int register, int keyNumber, OptionalInt direction) implements Load {
        static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_CT_DREG");
        static final Key<Integer> KEY = Key.bigEndian32(2, "NFTA_CT_KEY");
        static final Key<Integer> DIRECTION = Key.u8(3, "NFTA_CT_DIRECTION");

        public Ct(int register, CtKey key) {
            this(register, key.number(), OptionalInt.empty());
        }

        static Ct decode(Attributes in) {
            return new Ct(
                    number(in, REGISTER),
                    number(in, KEY),
                    in.get(DIRECTION).map(OptionalInt::of).orElse(OptionalInt.empty()));
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
            Fields fields = new Fields().put(REGISTER, register).put(KEY, keyNumber);
            direction.ifPresent(d -> fields.put(DIRECTION, d));
            return fields.done();
        }
    }

    /**
     * What the routing tables say of an address of the packet.
     *
     * @param result {@code enum nft_fib_result}: 1 output interface, 2 its name, 3 the address's type
     * @param flags {@code NFTA_FIB_F_*}
     */
    record Fib(int register, int result, int flags) implements Load {
        public static final int RESULT_INTERFACE = 1;
        public static final int RESULT_INTERFACE_NAME = 2;
        public static final int RESULT_ADDRESS_TYPE = 3;
        public static final int SOURCE = 1;
        public static final int DESTINATION = 2;
        public static final int MARK = 4;
        public static final int INPUT = 8;
        public static final int OUTPUT = 16;
        public static final int PRESENT = 32;

        private static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_FIB_DREG");
        private static final Key<Integer> RESULT = Key.bigEndian32(2, "NFTA_FIB_RESULT");
        private static final Key<Integer> FLAGS = Key.bigEndian32(3, "NFTA_FIB_FLAGS");

        static Fib decode(Attributes in) {
            return new Fib(number(in, REGISTER), number(in, RESULT), number(in, FLAGS));
        }

        @Override
        public String name() {
            return "fib";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(REGISTER, register)
                    .put(RESULT, result)
                    .put(FLAGS, flags)
                    .done();
        }
    }

    /**
     * Something of the route that the packet has got.
     *
     * @param key {@code enum nft_rt_keys}: 0 class, 1 IPv4 next hop, 2 IPv6 next hop, 3 TCP MSS, 4 IPsec
     */
    record RouteKey(int register, int key) implements Load {
        private static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_RT_DREG");
        private static final Key<Integer> KEY = Key.bigEndian32(2, "NFTA_RT_KEY");

        static RouteKey decode(Attributes in) {
            return new RouteKey(number(in, REGISTER), number(in, KEY));
        }

        @Override
        public String name() {
            return "rt";
        }

        @Override
        public Attributes attributes() {
            return new Fields().put(REGISTER, register).put(KEY, key).done();
        }
    }

    /**
     * Something of the socket that the packet belongs to.
     *
     * @param key {@code enum nft_socket_keys}: 0 transparent, 1 mark, 2 wildcard, 3 cgroup
     * @param level of the cgroup; empty for other keys
     */
    record SocketKey(int register, int key, OptionalInt level) implements Load {
        private static final Key<Integer> KEY = Key.bigEndian32(1, "NFTA_SOCKET_KEY");
        private static final Key<Integer> REGISTER = Key.bigEndian32(2, "NFTA_SOCKET_DREG");
        private static final Key<Integer> LEVEL = Key.bigEndian32(3, "NFTA_SOCKET_LEVEL");

        static SocketKey decode(Attributes in) {
            return new SocketKey(
                    number(in, REGISTER),
                    number(in, KEY),
                    in.get(LEVEL).map(OptionalInt::of).orElse(OptionalInt.empty()));
        }

        @Override
        public String name() {
            return "socket";
        }

        @Override
        public Attributes attributes() {
            Fields fields = new Fields().put(KEY, key).put(REGISTER, register);
            level.ifPresent(l -> fields.put(LEVEL, l));
            return fields.done();
        }
    }

    /** @param kind {@code enum nft_ng_types}: 0 counts up, 1 random */
    record NumberGenerator(int register, int modulus, int kind, int offset) implements Load {
        private static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_NG_DREG");
        private static final Key<Integer> MODULUS = Key.bigEndian32(2, "NFTA_NG_MODULUS");
        private static final Key<Integer> KIND = Key.bigEndian32(3, "NFTA_NG_TYPE");
        private static final Key<Integer> OFFSET = Key.bigEndian32(4, "NFTA_NG_OFFSET");

        static NumberGenerator decode(Attributes in) {
            return new NumberGenerator(number(in, REGISTER), number(in, MODULUS), number(in, KIND), number(in, OFFSET));
        }

        @Override
        public String name() {
            return "numgen";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(REGISTER, register)
                    .put(MODULUS, modulus)
                    .put(KIND, kind)
                    .put(OFFSET, offset)
                    .done();
        }
    }

    /**
     * A hash of another register's value.
     *
     * @param kind {@code enum nft_hash_types}: 0 Jenkins, 1 symmetric (of the flow; has no source)
     */
    record Hash(int register, int source, int length, int modulus, int seed, int offset, int kind) implements Load {
        private static final Key<Integer> SOURCE = Key.bigEndian32(1, "NFTA_HASH_SREG");
        private static final Key<Integer> REGISTER = Key.bigEndian32(2, "NFTA_HASH_DREG");
        private static final Key<Integer> LENGTH = Key.bigEndian32(3, "NFTA_HASH_LEN");
        private static final Key<Integer> MODULUS = Key.bigEndian32(4, "NFTA_HASH_MODULUS");
        private static final Key<Integer> SEED = Key.bigEndian32(5, "NFTA_HASH_SEED");
        private static final Key<Integer> OFFSET = Key.bigEndian32(6, "NFTA_HASH_OFFSET");
        private static final Key<Integer> KIND = Key.bigEndian32(7, "NFTA_HASH_TYPE");

        static Hash decode(Attributes in) {
            return new Hash(
                    number(in, REGISTER),
                    number(in, SOURCE),
                    number(in, LENGTH),
                    number(in, MODULUS),
                    number(in, SEED),
                    number(in, OFFSET),
                    number(in, KIND));
        }

        @Override
        public String name() {
            return "hash";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .nonZero(SOURCE, source)
                    .put(REGISTER, register)
                    .nonZero(LENGTH, length)
                    .put(MODULUS, modulus)
                    .nonZero(SEED, seed)
                    .nonZero(OFFSET, offset)
                    .nonZero(KIND, kind)
                    .done();
        }
    }

    /**
     * Bytes of an IPv6 extension header, an IPv4 or TCP option, or whether there is one.
     *
     * @param operation {@code enum nft_exthdr_op}: 0 IPv6, 1 TCP option, 2 IPv4 option, 3 SCTP chunk, 4 DCCP option
     * @param flags 1: whether it is there
     * @param source not 0 where the option is written instead
     */
    record ExtensionHeader(int register, int type, int offset, int length, int flags, int operation, int source)
            implements Load {
        private static final Key<Integer> REGISTER = Key.bigEndian32(1, "NFTA_EXTHDR_DREG");
        private static final Key<Integer> TYPE = Key.u8(2, "NFTA_EXTHDR_TYPE");
        private static final Key<Integer> OFFSET = Key.bigEndian32(3, "NFTA_EXTHDR_OFFSET");
        private static final Key<Integer> LENGTH = Key.bigEndian32(4, "NFTA_EXTHDR_LEN");
        private static final Key<Integer> FLAGS = Key.bigEndian32(5, "NFTA_EXTHDR_FLAGS");
        private static final Key<Integer> OPERATION = Key.bigEndian32(6, "NFTA_EXTHDR_OP");
        private static final Key<Integer> SOURCE = Key.bigEndian32(7, "NFTA_EXTHDR_SREG");

        static ExtensionHeader decode(Attributes in) {
            return new ExtensionHeader(
                    number(in, REGISTER),
                    number(in, TYPE),
                    number(in, OFFSET),
                    number(in, LENGTH),
                    number(in, FLAGS),
                    number(in, OPERATION),
                    number(in, SOURCE));
        }

        @Override
        public String name() {
            return "exthdr";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .nonZero(REGISTER, register)
                    .put(TYPE, type)
                    .put(OFFSET, offset)
                    .put(LENGTH, length)
                    .nonZero(FLAGS, flags)
                    .put(OPERATION, operation)
                    .nonZero(SOURCE, source)
                    .done();
        }
    }
}
