package dev.lasthop.packet;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes as a value: they never change, and are equal where they are the same. */
public final class Bytes {
    public static final Bytes NONE = new Bytes(new byte[0]);

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    public static Bytes of(byte... bytes) {
        return bytes.length == 0 ? NONE : new Bytes(bytes.clone());
    }

    /** The next {@code length} bytes of a buffer, which moves on. */
    static Bytes take(ByteBuffer in, int length) {
        byte[] array = new byte[length];
        in.get(array);
        return new Bytes(array);
    }

    /** A copy. */
    public byte[] array() {
        return array.clone();
    }

    public int size() {
        return array.length;
    }

    public boolean isEmpty() {
        return array.length == 0;
    }

    /** The byte at this place, 0 to 255. */
    public int at(int index) {
        return Byte.toUnsignedInt(array[index]);
    }

    /** {@code length} of the bytes, from this place on. */
    public Bytes slice(int from, int length) {
        return new Bytes(Arrays.copyOfRange(array, from, from + length));
    }

    /** A read-only view in network order. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array).asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    /** In hexadecimal. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(array);
    }
}
