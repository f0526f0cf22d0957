package dev.lasthop.linux;

import java.lang.foreign.MemorySegment;

/** A file's memory shared with the kernel, by {@code mmap(2)}. */
@SuppressWarnings("restricted") // the size is the one that was asked for
public final class Mapping implements AutoCloseable {
    public static final int READ = 1;
    public static final int WRITE = 2;

    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;

    private final MemorySegment segment;
    private boolean open = true;

    private Mapping(MemorySegment segment) {
        this.segment = segment;
    }

    /** @param protection {@link #READ}, {@link #WRITE} or both */
    public static Mapping shared(Fd fd, long offset, long size, int protection) {
        return map(fd, offset, size, protection, MAP_SHARED);
    }

    /** A file to be read only, privately: some files of the kernel can be mapped in no other way. */
    public static Mapping readOnly(Fd fd, long size) {
        return map(fd, 0, size, READ, MAP_PRIVATE);
    }

    private static Mapping map(Fd fd, long offset, long size, int protection, int flags) {
        long address = Kernel.call("map memory", SystemCall.MMAP, 0, size, protection, flags, fd.raw(), offset);
        return new Mapping(MemorySegment.ofAddress(address).reinterpret(size));
    }

    /** The memory. Not to be touched after {@link #close}: the process would crash. */
    public MemorySegment segment() {
        if (!open) {
            throw new IllegalStateException("the memory is no longer mapped");
        }
        return segment;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Kernel.attempt(SystemCall.MUNMAP, segment.address(), segment.byteSize());
        }
    }
}
