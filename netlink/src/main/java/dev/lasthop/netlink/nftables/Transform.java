package dev.lasthop.netlink.nftables;

import static dev.lasthop.netlink.nftables.Fields.number;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;

/** Steps that change a register. */
public sealed interface Transform extends Expression {

    /**
     * {@code (source & mask) ^ xor}, or a shift.
     *
     * @param operation {@code enum nft_bitwise_ops}: 0 mask and xor, 1 left, 2 right, 3 to 5 and, or, xor with another register
     * @param shift how far, for operations 1 and 2
     */
    record Bitwise(int source, int register, int length, int operation, Bytes mask, Bytes xor, int shift)
            implements Transform {
        public static final int MASK_XOR = 0;
        public static final int LEFT = 1;
        public static final int RIGHT = 2;

        private static final Key<Integer> SOURCE = Key.bigEndian32(1, "NFTA_BITWISE_SREG");
        private static final Key<Integer> REGISTER = Key.bigEndian32(2, "NFTA_BITWISE_DREG");
        private static final Key<Integer> LENGTH = Key.bigEndian32(3, "NFTA_BITWISE_LEN");
        private static final Key<RuleData> MASK = RuleData.key(4, "NFTA_BITWISE_MASK");
        private static final Key<RuleData> XOR = RuleData.key(5, "NFTA_BITWISE_XOR");
        private static final Key<Integer> OPERATION = Key.bigEndian32(6, "NFTA_BITWISE_OP");
        private static final Key<RuleData> SHIFT = RuleData.key(7, "NFTA_BITWISE_DATA");

        /** {@code source & mask} in the same register. */
        public static Bitwise and(int register, byte... mask) {
            return new Bitwise(
                    register, register, mask.length, MASK_XOR, Bytes.of(mask), Bytes.of(new byte[mask.length]), 0);
        }

        static Bitwise decode(Attributes in) {
            return new Bitwise(
                    number(in, SOURCE),
                    number(in, REGISTER),
                    number(in, LENGTH),
                    number(in, OPERATION),
                    bytes(in, MASK),
                    bytes(in, XOR),
                    amount(bytes(in, SHIFT)));
        }

        private static Bytes bytes(Attributes in, Key<RuleData> key) {
            return in.get(key).orElse(RuleData.Value.EMPTY) instanceof RuleData.Value value
                    ? value.bytes()
                    : Bytes.EMPTY;
        }

        private static int amount(Bytes native32) {
            return native32.size() == Integer.BYTES ? native32.read().getInt() : 0;
        }

        @Override
        public String name() {
            return "bitwise";
        }

        @Override
        public Attributes attributes() {
            Fields fields =
                    new Fields().put(SOURCE, source).put(REGISTER, register).put(LENGTH, length);
            if (operation == MASK_XOR) {
                return fields.put(MASK, new RuleData.Value(mask))
                        .put(XOR, new RuleData.Value(xor))
                        .put(OPERATION, operation)
                        .done();
            }
            return fields.put(OPERATION, operation)
                    .put(SHIFT, new RuleData.Value(Bytes.write(Integer.BYTES, out -> out.putInt(shift))))
                    .done();
        }
    }

    /**
     * Turns numbers round between host and network order.
     *
     * @param operation 0 to host order, 1 to network order
     * @param length of all numbers together
     * @param size of each: 2, 4 or 8
     */
    record ByteSwap(int source, int register, int operation, int length, int size) implements Transform {
        private static final Key<Integer> SOURCE = Key.bigEndian32(1, "NFTA_BYTEORDER_SREG");
        private static final Key<Integer> REGISTER = Key.bigEndian32(2, "NFTA_BYTEORDER_DREG");
        private static final Key<Integer> OPERATION = Key.bigEndian32(3, "NFTA_BYTEORDER_OP");
        private static final Key<Integer> LENGTH = Key.bigEndian32(4, "NFTA_BYTEORDER_LEN");
        private static final Key<Integer> SIZE = Key.bigEndian32(5, "NFTA_BYTEORDER_SIZE");

        static ByteSwap decode(Attributes in) {
            return new ByteSwap(
                    number(in, SOURCE),
                    number(in, REGISTER),
                    number(in, OPERATION),
                    number(in, LENGTH),
                    number(in, SIZE));
        }

        @Override
        public String name() {
            return "byteorder";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(SOURCE, source)
                    .put(REGISTER, register)
                    .put(OPERATION, operation)
                    .put(LENGTH, length)
                    .put(SIZE, size)
                    .done();
        }
    }
}
