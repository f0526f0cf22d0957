package dev.lasthop.bpf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's page size, as the kernel told this process when it began (getauxval(3)). */
final class Pages {
    private static final int AT_PAGESZ = 6;
    private static final int USUAL = 4096;

    private Pages() {}

    static int size() {
        try {
            ByteBuffer pairs = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (pairs.remaining() >= 16) {
                long key = pairs.getLong();
                long value = pairs.getLong();
                if (key == AT_PAGESZ) {
                    return (int) value;
                }
            }
            return USUAL;
        } catch (IOException _) {
            return USUAL;
        }
    }
}
