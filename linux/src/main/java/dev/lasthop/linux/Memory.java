package dev.lasthop.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Memory that the kernel can read and write, seen from Java as a native-order {@link ByteBuffer}. Zeroed at first. */
public final class Memory implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    public Memory(long size) {
        segment = arena.allocate(size, 8);
    }

    /** Memory that holds {@code bytes}. */
    public static Memory of(byte[] bytes) {
        var memory = new Memory(Math.max(bytes.length, 1));
        memory.bytes().put(bytes);
        return memory;
    }

    /** Memory that holds {@code text} in UTF-8 and a closing zero. */
    public static Memory of(String text) {
        return of((text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /** A fresh view: position 0, limit {@link #size()}. */
    public ByteBuffer bytes() {
        return segment.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    public MemorySegment segment() {
        return segment;
    }

    public int size() {
        return (int) segment.byteSize();
    }

    public long address() {
        return segment.address();
    }

    @Override
    public void close() {
        arena.close();
    }
}
