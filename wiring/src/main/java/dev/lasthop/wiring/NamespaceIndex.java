package dev.lasthop.wiring;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which endpoints a namespace has, by the namespace's number: so that asking does not mean to read every endpoint's record. An entry is made
 * before the record and deleted behind it; one without a record is what a killed process left, and stands for nothing.
 *
 * <p>To be changed under the state's lock.
 */
record NamespaceIndex(Path folder) {
    /** The ids of its endpoints, sorted. */
    List<String> endpoints(long inode) {
        try (Stream<Path> files = Files.list(of(inode))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw StateFile.failed("list", of(inode), e);
        }
    }

    void add(long inode, String endpoint) {
        Path file = StateFolders.folder(of(inode)).resolve(endpoint);
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // it is there since a process was killed
        } catch (IOException e) {
            throw StateFile.failed("write", file, e);
        }
    }

    void remove(long inode, String endpoint) {
        StateFile.delete(of(inode).resolve(endpoint));
        deleteIfEmpty(of(inode));
        deleteIfEmpty(folder);
    }

    private static void deleteIfEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // others are still there
        } catch (IOException e) {
            throw StateFile.failed("delete", folder, e);
        }
    }

    private Path of(long inode) {
        return folder.resolve(Long.toString(inode));
    }
}
