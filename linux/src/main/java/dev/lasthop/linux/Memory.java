package dev.lasthop.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Memory that the kernel can read and write, seen from Java as a native-order {@link ByteBuffer}. Zeroed at first. */
public final class Memory implements AutoCloseable {
    private final Runnable closing;
    private final MemorySegment segment;

    private Memory(Arena arena, Runnable closing, long size) {
        this.closing = closing;
        segment = arena.allocate(size, 8);
    }

    private Memory(Arena arena, long size) {
        this(arena, arena::close, size);
    }

    /** Memory for any thread. Closing it stops all threads for a moment: not for what lives for one call only. */
    @SuppressWarnings("MustBeClosedChecker") // closed by close()
    public Memory(long size) {
        this(Arena.ofShared(), size);
    }

    /** Memory for the calling thread alone; cheap to close. */
    @SuppressWarnings("MustBeClosedChecker")
    public static Memory confined(long size) {
        return new Memory(Arena.ofConfined(), size);
    }

    /** Memory for any thread, free when the collector finds that nobody has it any more; closing it does nothing, and stops nobody. */
    public static Memory collected(long size) {
        return new Memory(Arena.ofAuto(), () -> {}, size);
    }

    /** Memory that holds {@code bytes}, for the calling thread alone. */
    public static Memory of(byte[] bytes) {
        Memory memory = confined(Math.max(bytes.length, 1));
        memory.bytes().put(bytes);
        return memory;
    }

    /** Memory that holds {@code text} in UTF-8 and a closing zero, for the calling thread alone. */
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
        closing.run();
    }
}
