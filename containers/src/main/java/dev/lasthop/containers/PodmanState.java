package dev.lasthop.containers;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonArray;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.KernelFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Podman without its service, which seldom runs: {@code DRIVER-containers/containers.json} below the storage's folder names the
 * containers, {@code DRIVER-containers/ID/userdata/pidfile} below the run folder has the process of one that runs.
 *
 * @param storage {@code /var/lib/containers/storage}
 * @param run {@code /run/containers/storage}
 * @see <a href="https://github.com/containers/storage/blob/main/docs/containers-storage.conf.5.md">containers-storage.conf(5)</a>
 */
record PodmanState(Path storage, Path run) implements Engine {
    private static final String FOLDERS = "*-containers";

    @Override
    public String prefix() {
        return "podman";
    }

    @Override
    public List<Container> containers() {
        var all = new ArrayList<Container>();
        for (Path folder : folders(storage)) {
            all.addAll(listed(folder.resolve("containers.json")));
        }
        return all;
    }

    private List<Container> listed(Path file) {
        try (var files = new KernelFiles()) {
            Optional<byte[]> bytes = files.read(file.toString());
            if (bytes.isPresent() && Json.read(bytes.get(), Limits.DEFAULT) instanceof JsonArray list) {
                return list.items().stream()
                        .filter(JsonObject.class::isInstance)
                        .map(item -> (JsonObject) item)
                        .filter(item -> item.has("names"))
                        .map(item -> container(item.string("id"), item.strings("names")))
                        .toList();
            }
            return List.of();
        } catch (KernelException | JsonException e) {
            throw new EndpointException(
                    EndpointException.Kind.UNREACHABLE,
                    "podman's list of containers in " + file + " cannot be read: " + e.getMessage());
        }
    }

    private Container container(String id, List<String> names) {
        return new Container(id, names, pid(id).isPresent());
    }

    @Override
    public OptionalLong pid(Container container) {
        return pid(container.id());
    }

    private OptionalLong pid(String id) {
        if (!id.matches("[0-9a-f]{12,64}")) {
            return OptionalLong.empty();
        }
        for (Path folder : folders(run)) {
            Path file = folder.resolve(id).resolve("userdata/pidfile");
            try {
                String text = Files.size(file) > 16
                        ? ""
                        : Files.readString(file, StandardCharsets.US_ASCII).strip();
                if (text.matches("[1-9][0-9]{0,9}") && Files.exists(Path.of("/proc/" + text))) {
                    return OptionalLong.of(Long.parseLong(text));
                }
            } catch (IOException e) {
                // not running, or of another driver's folder
            }
        }
        return OptionalLong.empty();
    }

    private static List<Path> folders(Path top) {
        var all = new ArrayList<Path>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(top, FOLDERS)) {
            found.forEach(all::add);
        } catch (IOException e) {
            return List.of(); // Podman was never used here, or its state is not ours to read
        }
        all.sort(null);
        return all;
    }
}
