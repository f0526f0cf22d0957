package dev.lasthop.topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads small files of {@code /proc} as the calling thread's namespace has them. */
final class ProcFiles {
    private ProcFiles() {}

    /** The file's bytes; empty if there is no such file. */
    static Optional<byte[]> read(Path path) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
