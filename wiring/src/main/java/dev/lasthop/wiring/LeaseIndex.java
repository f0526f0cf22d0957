package dev.lasthop.wiring;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.Set;

/**
 * Which addresses of a range are taken, a bit each, so that a free one is found without asking for the file of each before it. The files are
 * what counts: a bit that is wrong costs time, nothing else.
 *
 * @param size how many addresses
 */
record LeaseIndex(Path file, long size) {
    private static final int PAGE = 4096; // bytes

    /** The first free one from here on; {@link #size} if there is none. */
    long free(long from) {
        if (!Files.isRegularFile(file)) {
            return from;
        }
        try (FileChannel in = FileChannel.open(file, READ)) {
            long index = from;
            while (index < size) {
                long page = index / (PAGE * 8L);
                BitSet bits = page(in, page);
                int bit = bits.nextClearBit((int) (index % (PAGE * 8L)));
                if (bit < PAGE * 8) {
                    return Math.min(size, page * PAGE * 8 + bit);
                }
                index = (page + 1) * PAGE * 8;
            }
            return size;
        } catch (IOException e) {
            return from; // it is a hint only
        }
    }

    /** Notes that one is taken, or free; whether that is news. */
    boolean note(long index, boolean taken) {
        try (FileChannel out = FileChannel.open(
                file,
                Set.of(CREATE, READ, WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer one = ByteBuffer.allocate(1);
            out.read(one, index / 8);
            int before = one.position() == 0 ? 0 : one.get(0);
            int bit = 1 << (index % 8);
            int after = taken ? before | bit : before & ~bit;
            if (after != before) {
                out.write(ByteBuffer.wrap(new byte[] {(byte) after}), index / 8);
            }
            return after != before;
        } catch (IOException e) {
            return true;
        }
    }

    /** Starts anew with these taken. */
    void reset(BitSet taken) {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(file, taken.toByteArray());
        } catch (IOException e) {
            StateFile.delete(file); // better none than a wrong one
        }
    }

    private static BitSet page(FileChannel in, long page) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PAGE);
        while (bytes.hasRemaining() && in.read(bytes, page * PAGE + bytes.position()) > 0) {
            // until it is full, or the file ends
        }
        return BitSet.valueOf(bytes.flip());
    }
}
