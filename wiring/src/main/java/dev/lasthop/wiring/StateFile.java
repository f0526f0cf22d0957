package dev.lasthop.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** JSON files that are either there as a whole or not: written beside, flushed to the disk, then renamed. */
final class StateFile {
    private StateFile() {}

    static void write(Path file, JsonObject json) {
        Path folder = StateFolders.folder(file.resolveSibling(".").normalize());
        Path beside = folder.resolve("." + file.getFileName() + ".new");
        try {
            try (FileChannel out = create(beside)) {
                ByteBuffer bytes = ByteBuffer.wrap(Json.pretty(json).getBytes(UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            flush(folder);
        } catch (IOException e) {
            throw failed("write", file, e);
        }
    }

    private static FileChannel create(Path beside) throws IOException {
        Set<StandardOpenOption> anew = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileAttribute<?> ownersOnly =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            return FileChannel.open(beside, anew, ownersOnly);
        } catch (FileAlreadyExistsException e) { // a killed process's
            Files.delete(beside);
            return FileChannel.open(beside, anew, ownersOnly);
        }
    }

    /** The file read by {@code reader}; empty where there is none. */
    static <T> Optional<T> read(Path file, Function<JsonObject, T> reader) {
        try {
            return Optional.of(reader.apply(Json.readObject(Files.readAllBytes(file), Limits.DEFAULT)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed("read", file, e);
        } catch (JsonException | IllegalArgumentException e) {
            throw new WiringException(
                    file + " is damaged: " + e.getMessage()
                            + ". Nothing was changed. Put a copy of it back, or move it away" + " (mv " + file + " "
                            + file + ".damaged) and run lasthop gc",
                    e);
        }
    }

    /**
     * A file that cannot be read.
     *
     * @param why with what to do about it
     */
    record Damaged(Path file, WiringException why) {
        /** Why, in one clause. */
        String reason() {
            Throwable cause = why.getCause();
            return cause instanceof JsonException || cause instanceof IllegalArgumentException
                    ? file + " is damaged: " + cause.getMessage()
                    : String.valueOf(why.getMessage());
        }
    }

    /** What a folder has that can be read; one file that cannot must not keep the others from going on. */
    static <T> List<T> readAll(
            Path folder, Predicate<Path> wanted, BiFunction<Path, JsonObject, T> reader, List<Damaged> damaged) {
        List<T> all = new ArrayList<>();
        for (Path file : list(folder)) {
            if (!wanted.test(file)) {
                continue;
            }
            try {
                read(file, json -> reader.apply(file, json)).ifPresent(all::add);
            } catch (WiringException e) {
                if (e.getCause() instanceof AccessDeniedException) {
                    throw e; // that is not the file's fault
                }
                damaged.add(new Damaged(file, e));
            }
        }
        return all;
    }

    /** Gives a file a name under which nobody looks for it, and that no other has; that name. */
    static Path setAside(Path file) {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged");
        for (int i = 2; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); i++) {
            aside = file.resolveSibling(file.getFileName() + ".damaged-" + i);
        }
        try {
            return Files.move(file, aside);
        } catch (IOException e) {
            throw failed("move", file, e);
        }
    }

    /** All {@code .json} files of a folder, by name. */
    static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.endsWith(".json") && !name.startsWith(".");
                    })
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw failed("list", folder, e);
        }
    }

    /** Deletes what killed processes were writing in a folder. To be called where nobody else is at work in it. */
    static void sweep(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.getFileName().toString().matches("\\..*\\.json\\.new"))
                    .forEach(StateFile::delete);
        } catch (NoSuchFileException e) {
            // nothing was ever written there
        } catch (IOException e) {
            throw failed("list", folder, e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed("delete", file, e);
        }
    }

    static WiringException failed(String verb, Path path, IOException cause) {
        String reason = cause instanceof FileSystemException e && e.getReason() != null
                ? e.getReason()
                : cause.getMessage() == null || cause instanceof FileSystemException
                        ? cause.toString()
                        : cause.getMessage();
        if (cause instanceof AccessDeniedException) {
            reason = "permission denied";
        }
        return new WiringException("cannot " + verb + " " + path + ": " + reason + "; " + hint(reason, path), cause);
    }

    /** The next step. */
    private static String hint(String reason, Path path) {
        if (reason.contains("No space") || reason.contains("quota")) {
            return "make room on that file system";
        }
        if (reason.contains("Read-only")) {
            return "mount it writable, or name another folder with LASTHOP_STATE and LASTHOP_RUN";
        }
        if (reason.contains("Is a directory") || reason.contains("Not a directory")) {
            return "move what is there away (mv " + path + " " + path + ".damaged) and run lasthop gc";
        }
        return "are you root?";
    }

    private static void flush(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
