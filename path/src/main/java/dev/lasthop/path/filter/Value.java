package dev.lasthop.path.filter;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes of which some bits may not be known.
 *
 * @param bits the bytes, 0 where not known
 * @param known 1 for each bit that is known
 */
@SuppressWarnings("ArrayRecordComponent") // never leaves this package, never changed after it was made
record Value(byte[] bits, byte[] known) {
    static Value of(byte... bytes) {
        byte[] known = new byte[bytes.length];
        Arrays.fill(known, (byte) -1);
        return new Value(bytes, known);
    }

    static Value unknown(int length) {
        return new Value(new byte[length], new byte[length]);
    }

    /** Four bytes in the machine's own order, as marks, states and interface numbers stand in registers. */
    static Value number(int value) {
        return of(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array());
    }

    static Value number16(int value) {
        return of(ByteBuffer.allocate(Short.BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) value)
                .array());
    }

    static Value network16(int value) {
        return of((byte) (value >>> 8), (byte) value);
    }

    static Value text(String text, int length) {
        return of(Arrays.copyOf(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), length));
    }

    int length() {
        return bits.length;
    }

    boolean isKnown() {
        for (byte b : known) {
            if (b != -1) {
                return false;
            }
        }
        return true;
    }

    Value part(int from, int length) {
        return new Value(Arrays.copyOfRange(bits, from, from + length), Arrays.copyOfRange(known, from, from + length));
    }

    /** Whether this is that, as far as it can be told. */
    Truth equalTo(byte[] other) {
        boolean sure = true;
        for (int i = 0; i < Math.min(bits.length, other.length); i++) {
            if (((bits[i] ^ other[i]) & known[i]) != 0) {
                return Truth.NO;
            }
            sure &= known[i] == -1;
        }
        return sure ? Truth.YES : Truth.UNKNOWN;
    }

    Value and(byte[] mask, byte[] xor) {
        byte[] newBits = new byte[bits.length];
        byte[] newKnown = new byte[bits.length];
        for (int i = 0; i < bits.length; i++) {
            byte m = i < mask.length ? mask[i] : 0;
            byte x = i < xor.length ? xor[i] : 0;
            newKnown[i] = (byte) (known[i] | ~m);
            newBits[i] = (byte) ((bits[i] & m ^ x) & newKnown[i]);
        }
        return new Value(newBits, newKnown);
    }
}
