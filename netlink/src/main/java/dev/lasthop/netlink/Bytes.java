package dev.lasthop.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/** Some bytes, as a value: never changed, equal to the same bytes elsewhere, and shown in hex. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Bytes of(byte... bytes) {
        return new Bytes(bytes.clone());
    }

    /** The next {@code size} bytes of {@code in}, which is moved past them. */
    public static Bytes take(ByteBuffer in, int size) {
        byte[] bytes = new byte[size];
        in.get(bytes);
        return new Bytes(bytes);
    }

    /** {@code size} bytes in native order, zero where {@code writer} writes nothing. */
    public static Bytes write(int size, Consumer<ByteBuffer> writer) {
        byte[] bytes = new byte[size];
        writer.accept(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
        return new Bytes(bytes);
    }

    public int size() {
        return bytes.length;
    }

    public byte[] toArray() {
        return bytes.clone();
    }

    /** A fresh read-only view in native order. */
    public ByteBuffer read() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes b && Arrays.equals(bytes, b.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
