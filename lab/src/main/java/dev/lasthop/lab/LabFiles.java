package dev.lasthop.lab;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One file a lab. A file is whole or not there: it is written beside its place and then put there. */
record LabFiles(Path folder) {
    private static final String SUFFIX = ".json";

    /**
     * Takes the name for this lab.
     *
     * @return false if there is a lab of that name
     */
    boolean create(LabState state) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path beside = write(state);
            try {
                Files.createLink(file(state.name()), beside); // fails if the name is taken, unlike a rename
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void replace(LabState state) {
        try {
            Files.move(write(state), file(state.name()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names that there is a file of, sorted. */
    List<String> names() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .filter(LabName::isValid)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The lab of that name, or empty.
     *
     * @throws LabException if its file is not one of ours
     */
    Optional<LabState> read(String name) {
        try {
            LabState state = LabState.ofJson(Json.readObject(Files.readAllBytes(file(name)), Limits.DEFAULT));
            if (!state.name().equals(name)) {
                throw new JsonException("\"name\" is " + state.name());
            }
            return Optional.of(state);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JsonException | IllegalArgumentException e) {
            throw new LabException(
                    "cannot read what is remembered of the lab " + name,
                    file(name) + ": " + e.getMessage(),
                    "lasthop lab down " + name + " removes it and its namespaces");
        }
    }

    private Path file(String name) {
        return folder.resolve(LabName.require(name) + SUFFIX);
    }

    private Path write(LabState state) throws IOException {
        Path beside = folder.resolve(
                "." + state.name() + "." + ProcessHandle.current().pid());
        byte[] text = Json.pretty(state.toJson()).getBytes(StandardCharsets.UTF_8);
        Set<PosixFilePermission> ours = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        Files.deleteIfExists(beside);
        try (FileChannel channel = FileChannel.open(
                beside, Set.of(CREATE, WRITE, TRUNCATE_EXISTING), PosixFilePermissions.asFileAttribute(ours))) {
            var bytes = ByteBuffer.wrap(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return beside;
    }
}
