package dev.lasthop.wiring;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The published ports on record: a file for each in a folder for each endpoint in one for each network, and an index by the host's ports, so
 * that neither who holds a port nor putting one more on record depends on how many there are.
 *
 * <p>The index is of symbolic links: {@code host/tcp/8080/any} leads to the port's file. It is made before the file and deleted behind it; so
 * a link that leads nowhere is what a killed process left, and stands for nothing.
 *
 * <p>To be changed under the state's lock.
 */
record PortFiles(Path folder) {
    /** A port that is on record, and whose it is. */
    record Held(String endpoint, PublishedPort port) {}

    void save(String endpoint, PublishedPort port) {
        Path file = file(endpoint, port.host());
        link(port.host(), file);
        StateFile.write(file, port.toJson());
    }

    void delete(String endpoint, PublishedPort port) {
        StateFile.delete(file(endpoint, port.host()));
        unlink(port.host());
        deleteIfEmpty(ofEndpoint(endpoint));
        deleteIfEmpty(ofNetwork(network(endpoint)));
    }

    /** The endpoint's ports, in order. */
    List<PublishedPort> of(String endpoint) {
        return StateFile.list(ofEndpoint(endpoint)).stream()
                .flatMap(file -> StateFile.read(file, PublishedPort::ofJson).stream())
                .sorted()
                .toList();
    }

    /** Whether the endpoint has just this port on record. */
    boolean has(String endpoint, PublishedPort port) {
        return StateFile.read(file(endpoint, port.host()), PublishedPort::ofJson)
                .filter(port::equals)
                .isPresent();
    }

    /** Whether the endpoint has this port on record, and no other. */
    boolean isOnly(String endpoint, PublishedPort port) {
        Path wanted = file(endpoint, port.host());
        return first(ofEndpoint(endpoint), PortFiles::isRecord).isPresent()
                && first(ofEndpoint(endpoint), file -> isRecord(file) && !file.equals(wanted))
                        .isEmpty();
    }

    /** Whether the endpoint has published anything. */
    boolean hasAny(String endpoint) {
        return first(ofEndpoint(endpoint), PortFiles::isRecord).isPresent();
    }

    /** Whether any endpoint of a network has published something, of those whose ids are {@code wanted}. */
    boolean hasAny(String network, Predicate<String> wanted) {
        return first(ofNetwork(network), of -> {
                    String endpoint = of.getFileName().toString();
                    return wanted.test(endpoint) && hasAny(endpoint);
                })
                .isPresent();
    }

    private static boolean isRecord(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".json") && !name.startsWith(".");
    }

    /** Anything of a folder that is wanted: thousands of files are not read to find one. */
    private static Optional<Path> first(Path directory, Predicate<Path> wanted) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (wanted.test(file)) {
                    return Optional.of(file);
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (DirectoryIteratorException e) {
            throw StateFile.failed("list", directory, new IOException(e));
        } catch (IOException e) {
            throw StateFile.failed("list", directory, e);
        }
    }

    /** A port on record that stands for the same, for some packet. */
    Optional<Held> clash(HostPort wanted) {
        Stream<String> singles = wanted.isRange()
                ? names(singles(wanted)).stream()
                : Stream.of(wanted.numbers()); // a range costs more; a port by itself always the same
        return Stream.concat(
                        singles.map(singles(wanted)::resolve),
                        names(ranges(wanted)).stream().map(ranges(wanted)::resolve))
                .flatMap(links -> clashIn(links, wanted).stream())
                .findFirst();
    }

    private Optional<Held> clashIn(Path links, HostPort wanted) {
        return names(links).stream()
                .flatMap(name -> held(links.resolve(name)).stream())
                .filter(held -> held.port().host().clashes(wanted))
                .findFirst();
    }

    private static Optional<Held> held(Path link) {
        try {
            Path file = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
            String endpoint = file.getName(file.getNameCount() - 2).toString();
            return StateFile.read(file, PublishedPort::ofJson).map(port -> new Held(endpoint, port));
        } catch (NoSuchFileException | NotLinkException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StateFile.failed("read", link, e);
        }
    }

    private void link(HostPort port, Path file) {
        Path links = links(port);
        Path link = links.resolve(address(port));
        Path target = links.relativize(file);
        try {
            StateFolders.folder(links);
            try {
                Files.createSymbolicLink(link, target);
            } catch (FileAlreadyExistsException e) { // nobody's: that was looked at before
                Files.delete(link);
                Files.createSymbolicLink(link, target);
            }
        } catch (IOException e) {
            throw StateFile.failed("write", link, e);
        }
    }

    private void unlink(HostPort port) {
        StateFile.delete(links(port).resolve(address(port)));
        deleteIfEmpty(links(port));
    }

    private static void deleteIfEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            // there are others
        } catch (IOException e) {
            throw StateFile.failed("delete", directory, e);
        }
    }

    private Path ofNetwork(String network) {
        return folder.resolve("of").resolve(network);
    }

    private Path ofEndpoint(String endpoint) {
        return ofNetwork(network(endpoint)).resolve(endpoint);
    }

    /** @see Endpoint#id */
    private static String network(String endpoint) {
        return endpoint.substring(endpoint.lastIndexOf('@') + 1);
    }

    private Path file(String endpoint, HostPort port) {
        return ofEndpoint(endpoint).resolve(port.protocol() + "," + port.numbers() + "," + address(port) + ".json");
    }

    /** Where the links of all that a port, or just this range, is for stand. */
    private Path links(HostPort port) {
        return (port.isRange() ? ranges(port) : singles(port)).resolve(port.numbers());
    }

    private Path singles(HostPort port) {
        return folder.resolve("host").resolve(port.protocol().toString());
    }

    private Path ranges(HostPort port) {
        return folder.resolve("host").resolve(port.protocol() + "-ranges");
    }

    private static String address(HostPort port) {
        return port.address().map(Object::toString).orElse("any");
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw StateFile.failed("list", directory, e);
        }
    }
}
